"""Cases as `join_scores` returns them, made by hand or at random."""

import numpy as np
import pandas as pd

from sonomics.core.settings.tasks import BinaryTask as Task
from sonomics.core.tasks import task_labels
from sonomics.evaluate.samples.cases import join_scores
from sonomics.evaluate.samples.models import Model

A, B = Model("a", 0.5, "probability", "youden"), Model("b", 0.5, "probability", "youden")
TASK = Task.partial({"type": "binary", "column": "pathology", "positive": "malignant"})


def cases_of(splits: dict[str, int], seed: int = 1, events: bool = False) -> pd.DataFrame:
    """Draw cases with a label and the probabilities of two models, the second noisier; one case per patient."""
    generator = np.random.default_rng(seed)
    split = np.repeat(list(splits), list(splits.values()))
    risk = generator.normal(size=len(split))
    names = [f"c{number:04d}" for number in range(len(split))]
    label = (generator.random(len(split)) < 1 / (1 + np.exp(-1.5 * risk))).astype(float)
    frame = pd.DataFrame({"patient": names, "case": names, "split": split, "centre": "one", "label": label})
    for model, noise in (("a", 0.3), ("b", 1.5)):
        score = risk + noise * generator.normal(size=len(split))
        frame[f"{model}__probability"] = 1 / (1 + np.exp(-score))
    if events:
        time = generator.exponential(12 * np.exp(-risk))
        censored = generator.uniform(4, 40, len(split))
        frame["time"], frame["event"] = np.minimum(time, censored).round(1), (time <= censored).astype(float)
    return frame


def cohort_of(labels: list[str | float], split: str = "internal", **columns: object) -> pd.DataFrame:
    """Make a cohort of these values of `pathology`; one case per patient."""
    cases = [f"{split}{number}" for number in range(len(labels))]
    return pd.DataFrame({"patient": cases, "case": cases, "split": split, "pathology": labels, **columns})


def predictions_of(cohort: pd.DataFrame, model: str, values: list[float]) -> pd.DataFrame:
    """Make a model's probabilities; none for a case whose value is NaN."""
    fold = np.where(cohort["split"] == "train", "0", "all")
    rows = cohort[["patient", "case", "split"]].assign(
        image="", model=model, kind="probability", fold=fold, value=values
    )
    return rows[rows["value"].notna()]


def join(cohort: pd.DataFrame, predictions: pd.DataFrame, risk: pd.Series | None = None) -> pd.DataFrame:
    """Join a cohort from `cohort_of` to its labels and to predictions."""
    return join_scores(cohort, task_labels(cohort, TASK), predictions, risk)
