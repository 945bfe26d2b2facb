"""Tests of many features at once between several classes."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc
from scipy.stats import rankdata

from sonomics.statistics.estimates import Floats


def kruskal_by_feature(features: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Compare several classes by the Kruskal-Wallis test, in every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like, shape (n,)
        The class of each row.

    Returns
    -------
    h, p : ndarray, shape (f,)
        Corrected for ties, P of the chi-square distribution (R's `kruskal.test`). NaN for a feature that is constant or
        has a NaN, and for all features with fewer than two classes.

    References
    ----------
    Kruskal WH, Wallis WA, J Am Stat Assoc 1952.
    """
    values, codes, sizes = _table(features, y)
    rows = len(values)
    h, p = np.full((2, values.shape[1]), np.nan)
    testable = _testable(values)
    if len(sizes) < 2 or not testable.any():
        return h, p
    ranks = rankdata(values[:, testable], axis=0)
    sums = np.array([ranks[codes == code].sum(axis=0) for code in range(len(sizes))])
    between = 12 / (rows * (rows + 1)) * (sums**2 / sizes[:, None]).sum(axis=0) - 3 * (rows + 1)
    h[testable] = between / np.array([_share_untied(column) for column in values[:, testable].T])
    p[testable] = chdtrc(len(sizes) - 1, np.maximum(h[testable], 0.0))
    return h, p


def anova_by_feature(features: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Compare several classes by one-way analysis of variance with equal variances, in every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like, shape (n,)
        The class of each row.

    Returns
    -------
    f, p : ndarray, shape (f,)
        As R's `oneway.test(var.equal = TRUE)`. NaN for a feature that is constant or has a NaN, and for all features
        with fewer than two classes or as many classes as rows; f is infinite and p 0 where the classes alone vary.

    References
    ----------
    Fisher RA, Statistical Methods for Research Workers 1925.
    """
    values, codes, sizes = _table(features, y)
    f, p = np.full((2, values.shape[1]), np.nan)
    testable = _testable(values)
    between_df, within_df = len(sizes) - 1, len(values) - len(sizes)
    if between_df < 1 or within_df < 1 or not testable.any():
        return f, p
    kept = values[:, testable]
    means = np.array([kept[codes == code].mean(axis=0) for code in range(len(sizes))])
    between = (sizes[:, None] * (means - kept.mean(axis=0)) ** 2).sum(axis=0) / between_df
    within = ((kept - means[codes]) ** 2).sum(axis=0) / within_df
    with np.errstate(divide="ignore"):
        f[testable] = between / within
    p[testable] = np.where(np.isinf(f[testable]), 0.0, fdtrc(between_df, within_df, f[testable]))
    return f, p


def _table(features: ArrayLike, y: ArrayLike) -> tuple[Floats, np.ndarray, np.ndarray]:
    values, labels = np.asarray(features, dtype=np.float64), np.asarray(y)
    if values.ndim != 2 or labels.shape != (len(values),):
        raise ValueError(f"expected (n, f) features and n classes, got shapes {values.shape} and {labels.shape}")
    _, codes, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    return values, codes, sizes


def _testable(values: Floats) -> np.ndarray:
    return np.asarray(np.isfinite(values).all(axis=0) & (values != values[:1]).any(axis=0))


def _share_untied(column: Floats) -> float:
    """Return what the ties leave of the variance of the ranks."""
    _, counts = np.unique(column, return_counts=True)
    rows = len(column)
    return float(1 - (counts.astype(float) ** 3 - counts).sum() / (rows**3 - rows))
