"""Minimum redundancy, maximum relevance selection of features."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.selection.correlation import absolute_correlations


def select_by_mrmr(features: ArrayLike, names: list[str], relevance: ArrayLike, count: int) -> list[int]:
    """Choose features one by one: relevance over the mean absolute Pearson correlation with those chosen.

    Parameters
    ----------
    features : array_like, shape (n, f)
    names : list of str, length f
        Equal features are taken by name.
    relevance : array_like, shape (f,)
        F statistic for classes, or Wald's chi-squared of a univariable Cox model for survival; NaN where undefined.
    count : int
        Number of features to choose.

    Returns
    -------
    list of int
        Columns in the order they were chosen; fewer than `count` when fewer have a relevance and a correlation.

    References
    ----------
    Ding C, Peng H, J Bioinform Comput Biol 2005 (quotient of F test and correlation).
    """
    relevant = np.asarray(relevance, dtype=np.float64)
    correlation = absolute_correlations(features, "pearson")
    left = [c for c in range(len(names)) if not np.isnan(relevant[c]) and not np.isnan(correlation[c, c])]
    chosen: list[int] = []
    while left and len(chosen) < count:
        redundancy = correlation[np.ix_(left, chosen)].mean(axis=1) if chosen else np.ones(len(left))
        with np.errstate(divide="ignore"):
            score = relevant[left] / redundancy
        best = min(range(len(left)), key=lambda position: (-score[position], names[left[position]]))
        chosen.append(left.pop(best))
    return chosen
