"""Logistic regression with an L2 penalty."""

from typing import Any

from sonomics.kinds.models.logistic import Logistic
from sonomics.train.classifiers.weights import class_weight_of

MOST_STEPS = 1000


def build(settings: Logistic, seed: int) -> Any:
    """Build an unfitted logistic regression with a `cost`; nothing in it is random."""
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=settings.cost, class_weight=class_weight_of(settings), max_iter=MOST_STEPS)
