"""Features made by hand, and the steps of a selection."""

import numpy as np
import pandas as pd

from sonomics.core.settings.select import Step
from sonomics.core.settings.tasks import BinaryTask, Task
from sonomics.kinds.steps import STEPS as KINDS
from sonomics.select.selection.fit import State, fit_selection
from sonomics.select.selection.stability import resample_selection
from sonomics.select.steps.training import Repeats, Training

SETTINGS = {
    "unit": "image",
    "folds": 2,
    "steps": [
        {"step": "icc", "above": 0.75},
        {"step": "u_test", "below": 0.05},
        {"step": "correlation", "above": 0.6},
        {"step": "lasso", "folds": 3, "rule": "min"},
    ],
}
STEPS = SETTINGS["steps"]
BINARY = BinaryTask.partial({"type": "binary", "column": "cancer", "positive": "1"})
ANALYSIS = ("r1", "1")


def as_outcomes(labels: pd.Series | pd.DataFrame) -> pd.DataFrame:
    """Make outcomes of labels; those of several columns are outcomes already."""
    return labels if isinstance(labels, pd.DataFrame) else labels.astype(float).to_frame("label")


def step(name: str, **keys: object) -> Step:
    """Make the settings of a step, with its defaults."""
    return step_of({"step": name, **keys})


def step_of(stated: dict) -> Step:
    """Make the settings of a step that is stated as in params."""
    return KINDS.get(stated["step"]).settings.model_validate(stated)


def fit(
    rows: pd.DataFrame,
    labels: pd.Series | pd.DataFrame,
    repeats: Repeats,
    steps: list[dict],
    seed: int,
    task: Task = BINARY,
) -> State:
    """Fit a selection with the steps that are stated as in params."""
    return fit_selection(rows, as_outcomes(labels), repeats, [step_of(keys) for keys in steps], seed, task)


def resample(
    rows: pd.DataFrame, labels: pd.Series, repeats: Repeats, steps: list[dict], seed: int, resamples: int
) -> pd.Series | None:
    """Resample a selection with the steps that are stated as in params."""
    return resample_selection(
        rows, as_outcomes(labels), repeats, [step_of(keys) for keys in steps], seed, BINARY, resamples
    )


def table(n: int = 40, seed: int = 0) -> tuple[pd.DataFrame, pd.Series]:
    """Two features that tell, a copy of one, noise, a constant and an undefined one."""
    random = np.random.default_rng(seed)
    label = np.arange(n) % 2.0
    index = pd.MultiIndex.from_tuples([(f"P{i}", f"P{i}", "") for i in range(n)], names=["patient", "case", "image"])
    first = label + random.normal(0, 0.6, n)
    rows = pd.DataFrame(
        {
            "t__first": first,
            "t__copy": first * 2 + random.normal(0, 0.1, n),
            "t__second": -label + random.normal(0, 0.6, n),
            "t__constant": 1.0,
            "t__undefined": np.nan,
            **{f"t__noise{i}": random.normal(size=n) for i in range(10)},
        },
        index=index,
    )
    return rows, pd.Series(label, index=index)


def training(repeats) -> Training:
    rows, labels = table()
    return Training(rows, as_outcomes(labels), repeats, 1, BINARY)


def features() -> pd.DataFrame:
    rows = []
    for case in ("P1", "P2"):
        for view, value in (("grey", 1.0), ("grey", 3.0), ("portal", 5.0)):
            for reader in ("r1", "r2"):
                image = f"{case}-{view}{value:.0f}"
                rows.append((case, case, image, reader, "1", view, "", value + (reader == "r2")))
    return pd.DataFrame(rows, columns=["patient", "case", "image", "reader", "session", "view", "hash", "t__x"])
