"""Weights of classes and of rows."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sonomics.kinds.models import Classifier


def class_weight_of(settings: Classifier) -> Literal["balanced"] | None:
    """Return what scikit-learn's `class_weight` takes: "balanced", or None for equal weights of rows."""
    return None if settings.class_weight == "none" else settings.class_weight


def balance_rows(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a weight for each row, so that both classes have the same total weight and the mean weight is 1."""
    share = float(labels.mean())
    return np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
