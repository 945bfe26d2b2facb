"""How much the rows of each class weigh."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

BALANCED = "balanced"


def is_balanced(settings: Mapping[str, Any]) -> bool:
    """Tell whether both classes have the same weight, whatever their sizes."""
    return bool(settings.get("class_weight", BALANCED) == BALANCED)


def class_weight_of(settings: Mapping[str, Any]) -> str | None:
    """Return what scikit-learn's `class_weight` takes: "balanced", or None for equal weights of rows."""
    return BALANCED if is_balanced(settings) else None


def balance_rows(labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a weight for each row, so that both classes have the same total weight and the mean weight is 1."""
    share = float(labels.mean())
    return np.where(labels == 1, 0.5 / share, 0.5 / (1 - share))
