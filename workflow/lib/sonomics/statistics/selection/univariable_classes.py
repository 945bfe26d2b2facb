"""Tests of many features at once between several classes, nominal or ordered."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, fdtrc, stdtr
from scipy.stats import kendalltau, rankdata

from sonomics.statistics.estimates import Floats


class FeatureTests(NamedTuple):
    """One test per feature: statistic, degrees of freedom and two-sided p, shape (f,); NaN where not defined."""

    statistic: Floats
    df: Floats
    p: Floats


class FTests(NamedTuple):
    """One F test per feature: statistic, both degrees of freedom and p, shape (f,); NaN where not defined."""

    statistic: Floats
    df1: Floats
    df2: Floats
    p: Floats


class Associations(NamedTuple):
    """One coefficient of rank correlation per feature and its two-sided p, shape (f,); NaN where not defined."""

    coefficient: Floats
    p: Floats


def kruskal_wallis_by_feature(features: ArrayLike, y: ArrayLike) -> FeatureTests:
    """Compare the classes by the Kruskal-Wallis test, in every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like, shape (n,)
        Class of every row.

    Returns
    -------
    FeatureTests
        H corrected for ties, by the chi-square distribution of classes - 1 degrees. NaN for a constant feature, one
        with a NaN, and with a single class.

    References
    ----------
    Kruskal WH, Wallis WA, J Am Stat Assoc 1952.
    """
    values, code, sizes = _groups(features, y)
    testable = _testable(values) & (sizes.size > 1)
    n = code.size
    ranks = rankdata(values[:, testable], axis=0)
    sums = np.stack([ranks[code == k].sum(axis=0) for k in range(sizes.size)]) if sizes.size else np.zeros((0, 0))
    variance = ((ranks - (n + 1) / 2) ** 2).sum(axis=0) / (n - 1) if n > 1 else np.ones(ranks.shape[1])
    between = (sizes[:, None] * (sums / sizes[:, None] - (n + 1) / 2) ** 2).sum(axis=0)
    df = sizes.size - 1
    h = _filled(testable, between / variance)
    return FeatureTests(h, _filled(testable, float(df)), _filled(testable, chdtrc(max(df, 1), h[testable])))


def anova_by_feature(features: ArrayLike, y: ArrayLike) -> FTests:
    """Compare the means of the classes by one-way analysis of variance with equal variances, in every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like, shape (n,)
        Class of every row.

    Returns
    -------
    FTests
        NaN for a constant feature, one with a NaN, with a single class, and without more rows than classes. F is
        infinite and p 0 when the classes differ but do not vary within.

    References
    ----------
    Fisher RA, Statistical Methods for Research Workers 1925.
    """
    values, code, sizes = _groups(features, y)
    df1, df2 = sizes.size - 1, code.size - sizes.size
    testable = _testable(values) & (df1 > 0) & (df2 > 0)
    kept = values[:, testable]
    means, within = _moments(kept, code, sizes)
    between = (sizes[:, None] * (means - kept.mean(axis=0)) ** 2).sum(axis=0)
    with np.errstate(divide="ignore"):
        f = (between / max(df1, 1)) / (_cut_noise(within, kept).sum(axis=0) / max(df2, 1))
    statistic = _filled(testable, f)
    p = _filled(testable, fdtrc(max(df1, 1), max(df2, 1), f))
    return FTests(statistic, _filled(testable, float(df1)), _filled(testable, float(df2)), p)


def welch_anova_by_feature(features: ArrayLike, y: ArrayLike) -> FTests:
    """Compare the means of the classes by Welch's analysis of variance without equal variances, in every feature.

    Parameters
    ----------
    features : array_like, shape (n, f)
    y : array_like, shape (n,)
        Class of every row.

    Returns
    -------
    FTests
        NaN for a feature with a NaN or constant within a class, with a single class, and with fewer than two rows in a
        class.

    References
    ----------
    Welch BL, Biometrika 1951.
    """
    values, code, sizes = _groups(features, y)
    groups = sizes.size
    testable = _testable(values) & (groups > 1) & (sizes.min(initial=2) > 1)
    means, within = _moments(values, code, sizes)
    testable &= (_cut_noise(within, values) > 0).all(axis=0)
    weight = sizes[:, None] * (sizes[:, None] - 1) / within[:, testable]
    total = weight.sum(axis=0)
    centre = (weight * means[:, testable]).sum(axis=0) / total
    spread = ((1 - weight / total) ** 2 / np.maximum(sizes[:, None] - 1, 1)).sum(axis=0) / max(groups**2 - 1, 1)
    between = (weight * (means[:, testable] - centre) ** 2).sum(axis=0) / max(groups - 1, 1)
    f, df2 = between / (1 + 2 * (groups - 2) * spread), 1 / (3 * spread)
    p = _filled(testable, fdtrc(max(groups - 1, 1), df2, f))
    return FTests(_filled(testable, f), _filled(testable, float(groups - 1)), _filled(testable, df2), p)


def spearman_by_feature(features: ArrayLike, grade: ArrayLike) -> Associations:
    """Correlate the ranks of every feature with those of an ordered class (Spearman's rho).

    Parameters
    ----------
    features : array_like, shape (n, f)
    grade : array_like, shape (n,)
        Ordered class as a number.

    Returns
    -------
    Associations
        Mid-ranks; p by the t distribution of n - 2 degrees. NaN for a constant feature or grade, a NaN, and fewer than
        three rows.

    References
    ----------
    Spearman C, Am J Psychol 1904.
    """
    values, levels = _ordered(features, grade)
    n = levels.size
    testable = _testable(values) & bool(n > 2 and (levels != levels[:1]).any())
    ranks = rankdata(values[:, testable], axis=0) - (n + 1) / 2
    own = rankdata(levels) - (n + 1) / 2
    rho = np.clip((ranks * own[:, None]).sum(axis=0) / np.sqrt((ranks**2).sum(axis=0) * (own**2).sum()), -1, 1)
    with np.errstate(divide="ignore"):
        t = np.abs(rho) * np.sqrt((n - 2) / (1 - rho**2)) if n > 2 else rho
    return Associations(_filled(testable, rho), _filled(testable, 2 * stdtr(max(n - 2, 1), -t)))


def kendall_by_feature(features: ArrayLike, grade: ArrayLike) -> Associations:
    """Correlate every feature with an ordered class by concordant and discordant pairs (Kendall's tau-b).

    Parameters
    ----------
    features : array_like, shape (n, f)
    grade : array_like, shape (n,)
        Ordered class as a number.

    Returns
    -------
    Associations
        p by the normal distribution, with the variance corrected for ties. NaN for a constant feature or grade, a NaN,
        and fewer than three rows.

    References
    ----------
    Kendall MG, Biometrika 1945; Kendall MG, Rank Correlation Methods 1970 (variance).
    """
    values, levels = _ordered(features, grade)
    n = levels.size
    testable = _testable(values) & bool(n > 2 and (levels != levels[:1]).any())
    found = [kendalltau(column, levels, method="asymptotic") for column in values[:, testable].T]
    table = np.array([(each.statistic, each.pvalue) for each in found], dtype=np.float64).reshape(-1, 2)
    return Associations(_filled(testable, table[:, 0]), _filled(testable, table[:, 1]))


def _groups(features: ArrayLike, y: ArrayLike) -> tuple[Floats, np.ndarray, np.ndarray]:
    labels = np.asarray(y)
    values = _table(features, labels.size)
    _, code, sizes = np.unique(labels, return_inverse=True, return_counts=True)
    return values, code, sizes


def _ordered(features: ArrayLike, grade: ArrayLike) -> tuple[Floats, Floats]:
    levels = np.asarray(grade, dtype=np.float64)
    if not np.isfinite(levels).all():
        raise ValueError("an ordered class is NaN; leave unknown ones out and count them")
    return _table(features, levels.size), levels


def _moments(values: Floats, code: np.ndarray, sizes: np.ndarray) -> tuple[Floats, Floats]:
    """Compute means and sums of squares within every class, shape (classes, f)."""
    parts = [values[code == k] for k in range(sizes.size)]
    if not parts:
        return np.zeros((0, values.shape[1])), np.zeros((0, values.shape[1]))
    means = np.stack([part.mean(axis=0) for part in parts])
    within = np.stack([((part - mean) ** 2).sum(axis=0) for part, mean in zip(parts, means, strict=True)])
    return means, within


def _cut_noise(within: Floats, values: Floats) -> Floats:
    """Set to 0 the sums of squares that come from rounding alone."""
    scale = np.abs(values).max(axis=0, initial=0.0)
    return np.where(within <= (1e-13 * scale) ** 2 * len(values), 0.0, within)


def _testable(values: Floats) -> np.ndarray:
    return np.asarray(np.isfinite(values).all(axis=0) & (values != values[:1]).any(axis=0))


def _filled(testable: np.ndarray, values: Floats | float) -> Floats:
    result = np.full(testable.size, np.nan)
    result[testable] = values
    return result


def _table(features: ArrayLike, rows: int) -> Floats:
    values = np.asarray(features, dtype=np.float64)
    if values.ndim != 2 or len(values) != rows:
        raise ValueError(f"expected a table of {rows} rows, got an array of shape {values.shape}")
    return values
