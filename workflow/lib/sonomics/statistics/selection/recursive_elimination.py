"""Recursive elimination: fit, drop the least important features, fit again."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats

# Takes columns, shape (n, k), and returns how important each is, shape (k,), higher = more.
Importance = Callable[[Floats], Floats]


def rank_by_elimination(
    features: ArrayLike, names: list[str], importance: Importance, count: int = 1, share: float = 0.1
) -> list[int]:
    """Rank features by when they are eliminated.

    Parameters
    ----------
    features : array_like, shape (n, f)
    names : list of str, length f
        Of equal features the last by name is eliminated first.
    importance : callable
        See `importance`; it holds the outcome, of any kind.
    count : int
        Features that stay, 1 or more.
    share : float
        Share of the features left that each step eliminates, at least one; in (0, 1).

    Returns
    -------
    list of int
        All columns: those that stay, by their importance in the last fit, then the eliminated, last one first.

    Raises
    ------
    ValueError
        If a count or a share is out of range, or an importance is NaN.

    References
    ----------
    Guyon I et al., Mach Learn 2002.
    """
    table = np.asarray(features, dtype=np.float64)
    if count < 1 or not 0 < share < 1:
        raise ValueError("one feature or more stay, and a step eliminates a share between 0 and 1")
    left = list(range(len(names)))
    eliminated: list[int] = []
    while left:
        values = importance(table[:, left])
        if values.shape != (len(left),) or np.isnan(values).any():
            raise ValueError("the importance of a feature is NaN")
        by_importance = sorted(range(len(left)), key=lambda place: (-values[place], names[left[place]]))
        if len(left) <= count:
            return [left[place] for place in by_importance] + eliminated[::-1]
        drop = min(len(left) - count, max(1, int(share * len(left))))
        gone = [left[place] for place in by_importance[::-1][:drop]]
        eliminated += gone
        left = [column for column in left if column not in gone]
    return []
