"""Support vector machine."""

from typing import Any

from sonomics.kinds.models.svm import Svm
from sonomics.train.classifiers.weights import class_weight_of


def build(settings: Svm, seed: int) -> Any:
    """Build an unfitted support vector machine with a `cost` and a `kernel`; nothing in it is random."""
    from sklearn.svm import SVC

    return SVC(C=settings.cost, kernel=settings.kernel, class_weight=class_weight_of(settings))
