"""Weights of classes and of rows."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sonomics.kinds.models import Classifier


def class_weight_of(settings: Classifier) -> Literal["balanced"] | None:
    """Return what scikit-learn's `class_weight` takes: "balanced", or None for equal weights of rows."""
    return None if settings.class_weight == "none" else settings.class_weight


def balance_rows(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a weight for each row, so that all classes have the same total weight and the mean weight is 1."""
    classes, place, counts = np.unique(labels, return_inverse=True, return_counts=True)
    shares = counts / len(labels)
    shares[0] = 1 - shares[1:].sum()
    return np.asarray((1 / len(classes) / shares)[place], dtype=np.float64)
