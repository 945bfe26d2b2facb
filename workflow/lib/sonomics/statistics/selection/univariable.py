"""Tests of many features at once between two classes."""

import warnings

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import mannwhitneyu, ttest_ind

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import outcome


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


def _table(features: ArrayLike, rows: int) -> Floats:
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2 or len(values) != rows:
        raise ValueError(f"expected a table of {rows} rows, got an array of shape {values.shape}")
    return values
