"""Logistic regression with an L2 penalty."""

from collections.abc import Mapping
from typing import Any

from sonomics.train.classifiers.weights import class_weight_of

MOST_STEPS = 1000


def build(settings: Mapping[str, Any], seed: int) -> Any:
    """Build an unfitted logistic regression with a `cost`; nothing in it is random."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=settings["cost"], class_weight=class_weight_of(settings), max_iter=MOST_STEPS)
