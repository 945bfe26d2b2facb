"""Minimum redundancy, maximum relevance selection of features."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.selection.correlation import absolute_correlations
from sonomics.statistics.selection.univariable import f_statistics


def select_by_mrmr(features: ArrayLike, names: list[str], y: ArrayLike, count: int) -> list[int]:
    """Choose features one by one: F statistic over the mean absolute Pearson correlation with those chosen.

    Parameters
    ----------
    features : array_like, shape (n, f)
    names : list of str, length f
        Equal features are taken by name.
    y : array_like of 0/1, shape (n,)
    count : int
        Number of features to choose.

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
            score = relevance[left] / redundancy
        best = min(range(len(left)), key=lambda position: (-score[position], names[left[position]]))
        chosen.append(left.pop(best))
    return chosen
