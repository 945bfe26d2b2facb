"""Outcomes of a task with a borderline class."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

NAN = float("nan")


class BorderlineOutcomes(NamedTuple):
    """Outcomes with borderline cases as positives, as negatives, and left out (NaN); report all three."""

    positive: np.ndarray
    negative: np.ndarray
    left_out: np.ndarray


def resolve_borderline(y: ArrayLike, borderline: ArrayLike) -> BorderlineOutcomes:
    """Return three binary outcomes of a task with a borderline class.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        Outcomes; those of borderline cases are ignored.
    borderline : array_like of bool, shape (n,)
    """
    values, between = np.asarray(y, dtype=np.float64), np.asarray(borderline, dtype=bool)
    return BorderlineOutcomes(*(np.where(between, fixed, values) for fixed in (1.0, 0.0, NAN)))
