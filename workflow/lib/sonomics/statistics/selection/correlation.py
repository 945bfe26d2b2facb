"""Univariable filters of many features at once: Mann-Whitney and pruning of correlated features."""

import warnings
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import mannwhitneyu, rankdata, ttest_ind

from sonomics.statistics.estimates import Floats, outcome

Correlation = Literal["pearson", "spearman"]


def mann_whitney(features: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Mann-Whitney U test of every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like of 0/1, shape (n,)

    Returns
    -------
    u : ndarray, shape (f,)
        U of the positives.
    p : ndarray, shape (f,)
        Two-sided, asymptotic, corrected for ties and continuity (R's `wilcox.test(exact = FALSE)`). u and p are NaN for
        a constant feature, a feature with a NaN, and for all features when only one class is present.

    References
    ----------
    Mann HB, Whitney DR, Ann Math Stat 1947.
    """
    positive = outcome(y)
    values = _table(features, positive.size)
    unknown = np.full(values.shape[1], np.nan)
    u, p = unknown.copy(), unknown.copy()
    if positive.all() or not positive.any():
        return u, p
    testable = np.isfinite(values).all(axis=0) & (values != values[:1]).any(axis=0)
    if testable.any():
        kept = values[:, testable]
        result = mannwhitneyu(kept[positive], kept[~positive], axis=0, method="asymptotic")
        u[testable], p[testable] = result.statistic, result.pvalue
    return u, p


def welch(features: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Welch's t test of every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like of 0/1, shape (n,)

    Returns
    -------
    t, p : ndarray, shape (f,)
        Positives minus negatives; p two-sided. NaN for a feature that is constant or has a NaN, and for all features
        with fewer than two rows of a class. An infinite t and p 0 when both classes are constant, each at its own
        value.

    References
    ----------
    Welch BL, Biometrika 1947.
    """
    positive = outcome(y)
    values = _table(features, positive.size)
    unknown = np.full(values.shape[1], np.nan)
    t, p = unknown.copy(), unknown.copy()
    if min(positive.sum(), (~positive).sum()) < 2:
        return t, p
    testable = np.isfinite(values).all(axis=0) & (values != values[:1]).any(axis=0)
    if testable.any():
        kept = values[:, testable]
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Precision loss", RuntimeWarning)  # a class without variance
            result = ttest_ind(kept[positive], kept[~positive], axis=0, equal_var=False)
        t[testable], p[testable] = result.statistic, result.pvalue
    return t, p


def absolute_correlations(features: ArrayLike, method: Correlation = "spearman") -> Floats:
    """Absolute correlation matrix of the columns.

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
    unit = np.divide(centred, norm, out=np.full(values.shape, np.nan), where=varies)
    return np.minimum(np.abs(unit.T @ unit), 1.0)


def prune_by_p(
    features: ArrayLike,
    names: Sequence[str],
    p: ArrayLike,
    threshold: float,
    method: Correlation = "spearman",
) -> list[int]:
    """Keep, from the smallest p value on, every feature that correlates with no kept one above a threshold.

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
    """Of every pair that correlates above a threshold, drop the one with the higher mean absolute correlation.

    The strongest pair goes first (equal ones by name), means are those with the features still there, and of two equal
    means the later name goes.

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
    # Rounded, so that the order does not hang on the last bit of a sum.
    strongest = np.argsort(-np.round(pairs[first, second], 12), kind="stable")
    present = np.ones(order.size, dtype=bool)
    for one, other in zip(first[strongest], second[strongest], strict=True):
        if present[one] and present[other]:
            dropped = one if totals[one] - totals[other] > 1e-9 else other
            present[dropped] = False
            totals -= pairs[:, dropped]
    return sorted(int(column) for column in order[present])


def _eligible(correlation: Floats, p: Floats) -> list[int]:
    return [int(column) for column in np.flatnonzero(~np.isnan(np.diag(correlation)) & ~np.isnan(p))]


def _table(features: ArrayLike, rows: int) -> Floats:
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2 or len(values) != rows:
        raise ValueError(f"expected a table of {rows} rows, got an array of shape {values.shape}")
    return values
