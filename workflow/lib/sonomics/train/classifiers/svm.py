"""Support vector machine."""

from collections.abc import Mapping
from typing import Any

from sonomics.train.classifiers.weights import class_weight_of


def build(settings: Mapping[str, Any], seed: int) -> Any:
    """Build an unfitted support vector machine with a `cost` and a `kernel`; nothing in it is random."""
    from sklearn.svm import SVC

    return SVC(C=settings["cost"], kernel=settings.get("kernel", "rbf"), class_weight=class_weight_of(settings))
