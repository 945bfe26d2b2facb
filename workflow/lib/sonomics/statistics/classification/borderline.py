"""Outcomes of a task with a borderline class."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

NAN = float("nan")


class BorderlineWays(NamedTuple):
    """Outcome with borderline cases as positives, as negatives, and left out (NaN): report all three."""

    positive: np.ndarray
    negative: np.ndarray
    left_out: np.ndarray


def borderline_ways(y: ArrayLike, borderline: ArrayLike) -> BorderlineWays:
    """Three binary outcomes of a task with a borderline class.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        Outcome; that of borderline cases is ignored.
    borderline : array_like of bool, shape (n,)
    """
    values, between = np.asarray(y, dtype=np.float64), np.asarray(borderline, dtype=bool)
    return BorderlineWays(*(np.where(between, fixed, values) for fixed in (1.0, 0.0, NAN)))
