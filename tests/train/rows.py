"""Rows with a feature that tells the classes apart, and a model of every kind."""

import numpy as np

from sonomics.core.settings.train import Model
from sonomics.kinds.models import MODELS

STATED = {
    "rf": {"kind": "forest", "families": ["t"], "trees": 20},
    "svm": {"kind": "svm", "families": ["t"], "cost": 1.0},
    "linear": {"kind": "svm", "families": ["t"], "cost": 1.0, "kernel": "linear"},
    "logistic": {"kind": "logistic", "families": ["t"], "cost": 1.0},
    "ordinal": {"kind": "ordinal", "families": ["t"], "cost": 1.0},
    "boosting": {"kind": "boosting", "families": ["t"], "trees": 20, "rate": 0.1, "depth": 2},
}


def model_of(stated: dict) -> Model:
    """Make the settings of a model that is stated as in params."""
    return MODELS.get(stated["kind"]).settings.model_validate(stated)


KINDS = {name: model_of(stated) for name, stated in STATED.items()}


def data(n: int = 40) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(0)
    labels = np.arange(n) % 2.0
    return np.column_stack([labels + random.normal(0, 0.3, n), random.normal(size=n)]), labels


def people(rows) -> np.ndarray:
    return np.array([f"P{number:02d}" for number in range(len(rows))])
