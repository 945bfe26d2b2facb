"""Tasks of several classes and of survival, drawn at random, as the evaluation sees them."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.settings.evaluate import Evaluate
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.several_classes.cases import decide_classes
from sonomics.evaluate.study.context import Context, Files

CLASSES = ["low", "mid", "high"]
HORIZONS = [12, 24]
SPLITS = {"train": 90, "internal": 60}


def class_cases(splits: dict[str, int] | None = None, strength: float = 1.5, seed: int = 1) -> pd.DataFrame:
    """Draw cases of three ordered classes with the probabilities of a model `a` and of a noisier `b`."""
    random = np.random.default_rng(seed)
    cases = _draw_cases(splits or SPLITS)
    risk = random.normal(size=len(cases))
    cases["label"] = np.digitize(risk + 0.5 * random.normal(size=len(cases)), [-0.5, 0.5]).astype(float)
    for model, noise in (("a", 0.5), ("b", 2.0)):
        score = strength * (risk + noise * random.normal(size=len(cases)))
        logits = np.column_stack([-score, np.zeros(len(cases)), score])
        values = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        for place, name in enumerate(CLASSES):
            cases[f"{model}__probability__{name}"] = values[:, place]
    return cases


def class_context(cases: pd.DataFrame | None = None, **changes: Any) -> Context:
    """Make the context of a task of several classes."""
    drawn = class_cases() if cases is None else cases
    models = [Model(name, float("nan"), "probability", "largest") for name in ("a", "b")]
    described = decide_classes(drawn, models, CLASSES)
    return _context(described, models, kind="classes", classes=CLASSES, ordered=True, **changes)


def survival_cases(splits: dict[str, int] | None = None, seed: int = 1) -> pd.DataFrame:
    """Draw times to an event with the risks of a model `a` and of a noisier `b`, and their probabilities."""
    random = np.random.default_rng(seed)
    cases = _draw_cases(splits or SPLITS)
    risk = random.normal(size=len(cases))
    time, censored = random.exponential(20 * np.exp(-risk)), random.uniform(6, 60, len(cases))
    cases["time"], cases["event"] = np.minimum(time, censored).round(1), (time <= censored).astype(float)
    cases["label"] = cases["event"]
    for model, noise in (("a", 0.3), ("b", 2.0)):
        score = risk + noise * random.normal(size=len(cases))
        cases[f"{model}__risk"] = score
        for horizon in HORIZONS:
            cases[f"{model}__probability__{horizon}"] = 1 - np.exp(-horizon / 20 * np.exp(score))
    return cases


def survival_context(cases: pd.DataFrame | None = None, **changes: Any) -> Context:
    """Make the context of a survival task."""
    models = [Model(name, 0.0, "risk", "median") for name in ("a", "b")]
    return _context(survival_cases() if cases is None else cases, models, kind="survival", **changes)


def _draw_cases(splits: dict[str, int]) -> pd.DataFrame:
    split = np.repeat(list(splits), list(splits.values()))
    names = [f"c{number:04d}" for number in range(len(split))]
    centre = np.where(np.arange(len(split)) % 2, "east", "west")
    return pd.DataFrame({"patient": names, "case": names, "split": split, "centre": centre})


def _context(cases: pd.DataFrame, models: list[Model], **changes: Any) -> Context:
    settings = Evaluate.partial(
        {
            "horizons": HORIZONS,
            "bootstrap": 40,
            "level": 0.95,
            "fewest": 5,
            "decision_thresholds": [0.1, 0.3, 0.5],
            "subgroups": {},
        }
    )
    given = {
        "variant": "main",
        "task": "grade",
        "settings": settings,
        "cohort": cases,
        "samples": build_samples(cases, models),
        "labels": cases.set_index("case")["label"],
        "predictions": pd.DataFrame(),
        "files": Files(cohort=Path(), readers=Path(), images=Path()),
        "seed": 1,
        "clinical": [],
        "horizon": float("nan"),
        "parameters": 1,
        "tasks": ["grade"],
    }
    return Context(**{**given, **changes})
