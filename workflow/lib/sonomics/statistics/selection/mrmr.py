"""Minimum redundancy, maximum relevance: features that tell the classes apart and are little alike."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats, outcome
from sonomics.statistics.selection.correlation import absolute_correlations


def f_statistics(features: ArrayLike, y: ArrayLike) -> Floats:
    """One-way analysis of variance of every feature over two classes (the square of Student's t).

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like of 0/1, shape (n,)

    Returns
    -------
    ndarray, shape (f,)
        Infinite when the classes do not vary inside but differ; NaN for a constant feature or with one class.
    """
    positive = outcome(y)
    values = np.asarray(features, dtype=np.float64)
    n, m = positive.sum(), (~positive).sum()
    if not n or not m:
        return np.full(values.shape[1], np.nan)
    difference = values[positive].mean(axis=0) - values[~positive].mean(axis=0)
    inside = n * values[positive].var(axis=0) + m * values[~positive].var(axis=0)
    between = difference**2 * n * m / (n + m) * (n + m - 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(between / inside, dtype=np.float64)


def mrmr(features: ArrayLike, names: list[str], y: ArrayLike, count: int) -> list[int]:
    """Choose features one by one: F statistic over the mean absolute Pearson correlation with those chosen.

    Parameters
    ----------
    features : array_like, shape (n, f)
    names : list of str, length f
        Break ties.
    y : array_like of 0/1, shape (n,)
    count : int
        How many to choose.

    Returns
    -------
    list of int
        Columns in the order they were chosen; fewer than `count` when fewer have an F statistic and a correlation.

    References
    ----------
    Ding C, Peng H, J Bioinform Comput Biol 2005 (quotient of F test and correlation).
    """
    relevance = f_statistics(features, y)
    correlation = absolute_correlations(features, "pearson")
    left = [c for c in range(len(names)) if not np.isnan(relevance[c]) and not np.isnan(correlation[c, c])]
    chosen: list[int] = []
    while left and len(chosen) < count:
        redundancy = correlation[np.ix_(left, chosen)].mean(axis=1) if chosen else np.ones(len(left))
        with np.errstate(divide="ignore"):
            worth = relevance[left] / redundancy
        best = min(range(len(left)), key=lambda place: (-worth[place], names[left[place]]))
        chosen.append(left.pop(best))
    return chosen
