"""Tests of many features at once between two classes."""

import warnings

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import mannwhitneyu, ttest_ind

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_outcome


def mann_whitney_by_feature(features: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Compare the classes by the Mann-Whitney U test, in every feature.

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
    positive = check_outcome(y)
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


def welch_by_feature(features: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    """Compare the classes by Welch's t test, in every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like of 0/1, shape (n,)

    Returns
    -------
    t, p : ndarray, shape (f,)
        Positives minus negatives; p two-sided. NaN for a feature that is constant or has a NaN, and for all features
        with fewer than two rows of a class. t is infinite and p 0 when both classes are constant, at different
        values.

    References
    ----------
    Welch BL, Biometrika 1947.
    """
    positive = check_outcome(y)
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
    """Compute the F statistic of every feature over two classes (the square of Student's t).

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like of 0/1, shape (n,)

    Returns
    -------
    ndarray, shape (f,)
        Infinite when the classes differ but do not vary within; NaN for a constant feature or with one class.
    """
    positive = check_outcome(y)
    values = np.asarray(features, dtype=np.float64)
    n, m = positive.sum(), (~positive).sum()
    if not n or not m:
        return np.full(values.shape[1], np.nan)
    difference = values[positive].mean(axis=0) - values[~positive].mean(axis=0)
    within = n * values[positive].var(axis=0) + m * values[~positive].var(axis=0)
    between = difference**2 * n * m / (n + m) * (n + m - 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(between / within, dtype=np.float64)


def _table(features: ArrayLike, rows: int) -> Floats:
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2 or len(values) != rows:
        raise ValueError(f"expected a table of {rows} rows, got an array of shape {values.shape}")
    return values
