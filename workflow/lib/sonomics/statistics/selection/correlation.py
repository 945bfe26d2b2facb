"""Pruning of correlated features."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata

from sonomics.statistics.estimates import Floats, divide_where

Correlation = Literal["pearson", "spearman"]


def absolute_correlations(features: ArrayLike, method: Correlation = "spearman") -> Floats:
    """Compute the absolute correlation matrix of the columns.

    Parameters
    ----------
    features : array_like, shape (n, f)
    method : {"pearson", "spearman"}

    Returns
    -------
    ndarray, shape (f, f)
        NaN in the row and column of a constant feature or one with a NaN.
    """
    values = np.asarray(features, dtype=np.float64)
    columns = {"pearson": values, "spearman": rankdata(values, axis=0, nan_policy="propagate")}[method]
    varies = np.isfinite(values).all(axis=0) & (values != values[:1]).any(axis=0)
    centred = np.where(varies, columns - columns.mean(axis=0), 0.0)
    norm = np.sqrt((centred**2).sum(axis=0))
    unit = divide_where(varies, centred, norm)
    return np.asarray(np.minimum(np.abs(unit.T @ unit), 1.0), dtype=np.float64)


def prune_by_p(
    features: ArrayLike,
    names: Sequence[str],
    p: ArrayLike,
    threshold: float,
    method: Correlation = "spearman",
) -> list[int]:
    """Keep, by ascending p value, every feature that correlates with no kept one above a threshold.

    Parameters
    ----------
    features : array_like, shape (n, f)
    names : sequence of str, length f
        Break ties of p.
    p : array_like, shape (f,)
        Visiting order: p ascending, then name.
    threshold : float
        Largest absolute correlation allowed between kept features.
    method : {"pearson", "spearman"}

    Returns
    -------
    list of int
        Columns kept, in visiting order. Features without a p value or a correlation (constant) are not kept.
    """
    correlation = absolute_correlations(features, method)
    values = np.asarray(p, dtype=np.float64)
    visited = sorted(_eligible(correlation, values), key=lambda column: (values[column], names[column]))
    kept: list[int] = []
    for column in visited:
        if (correlation[column, kept] <= threshold).all():
            kept.append(column)
    return kept


def prune_by_mean_correlation(
    features: ArrayLike, names: Sequence[str], threshold: float, method: Correlation = "spearman"
) -> list[int]:
    """Drop, of every pair that correlates above a threshold, the one with the higher mean absolute correlation.

    Pairs are visited from the strongest (equal pairs by name), means are taken over the remaining features, and of two
    equal means the later name is dropped.

    Parameters
    ----------
    features : array_like, shape (n, f)
    names : sequence of str, length f
    threshold : float
        Largest absolute correlation allowed between kept features.
    method : {"pearson", "spearman"}

    Returns
    -------
    list of int
        Columns kept, ascending. Features without a correlation (constant) are not kept.
    """
    correlation = absolute_correlations(features, method)
    eligible = _eligible(correlation, np.zeros(len(correlation)))
    order = np.array(sorted(eligible, key=lambda column: names[column]), dtype=int)
    pairs = correlation[np.ix_(order, order)]
    totals = pairs.sum(axis=1)
    first, second = np.nonzero(np.triu(pairs > threshold, 1))
    # Rounded, so that the order does not depend on the last bit of a sum.
    strongest = np.argsort(-np.round(pairs[first, second], 12), kind="stable")
    present = np.ones(order.size, dtype=bool)
    for earlier, later in zip(first[strongest], second[strongest], strict=True):
        if present[earlier] and present[later]:
            dropped = earlier if totals[earlier] - totals[later] > 1e-9 else later
            present[dropped] = False
            totals -= pairs[:, dropped]
    return sorted(int(column) for column in order[present])


def _eligible(correlation: Floats, p: Floats) -> list[int]:
    return [int(column) for column in np.flatnonzero(~np.isnan(np.diag(correlation)) & ~np.isnan(p))]
