"""Pieces of Table 1: descriptions of variables and the customary tests between two groups."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit
from scipy.stats import chi2_contingency, levene, mannwhitneyu, shapiro, ttest_ind

from sonomics.statistics.comparison.fisher import fisher_exact
from sonomics.statistics.estimates import Estimate, Floats, not_estimable

NAN = float("nan")


class NumberSummary(NamedTuple):
    """A continuous variable: n known, n missing, mean, SD (n - 1), median, type-7 quartiles; NaN when undefined."""

    n: int
    missing: int
    mean: float
    sd: float
    median: float
    q1: float
    q3: float


class Comparison(NamedTuple):
    """A named test with statistic, degrees of freedom (NaN where it has none), two-sided p, reason when undefined."""

    test: str
    statistic: float
    df: float
    p: float
    reason: str = ""


def describe_number(values: ArrayLike) -> NumberSummary:
    """Describe a continuous variable.

    Parameters
    ----------
    values : array_like, shape (n,)
        NaN = missing: counted, not used.
    """
    array = np.asarray(values, dtype=np.float64)
    known = _known(array)
    missing = array.size - known.size
    if not known.size:
        return NumberSummary(0, missing, NAN, NAN, NAN, NAN, NAN)
    sd = float(known.std(ddof=1)) if known.size > 1 else NAN
    q1, median, q3 = (float(quartile) for quartile in np.quantile(known, [0.25, 0.5, 0.75]))
    return NumberSummary(known.size, missing, float(known.mean()), sd, median, q1, q3)


def mean_interval(values: ArrayLike, level: float = 0.95) -> Estimate:
    """Estimate a mean with Student's t interval (Student 1908).

    Parameters
    ----------
    values : array_like, shape (n,)
        NaN = missing: not used.
    level : float

    Returns
    -------
    Estimate
        Not estimable without a value, without an interval when there is only one.
    """
    known = _known(np.asarray(values, dtype=np.float64))
    if not known.size:
        return not_estimable("no value")
    mean = float(known.mean())
    if known.size == 1:
        return Estimate(mean, reason="only one value")
    se = float(known.std(ddof=1)) / np.sqrt(known.size)
    half = float(stdtrit(known.size - 1, 0.5 + level / 2)) * se
    return Estimate(mean, mean - half, mean + half, se)


def describe_levels(values: Sequence[object] | pd.Series) -> pd.DataFrame:
    """Count the levels of a categorical variable.

    Parameters
    ----------
    values : sequence, length n
        None or NaN = missing: counted in a last row, not part of the percentages.

    Returns
    -------
    DataFrame
        `level, n, percent`, sorted by level as text; the row of missing values has level None and percent NaN and is
        there only if some are missing.
    """
    series = pd.Series(values, dtype=object)
    known = series.dropna()
    counts = known.astype(str).value_counts().sort_index()
    table = pd.DataFrame(
        {
            "level": counts.index,
            "n": counts.to_numpy(),
            "percent": 100 * counts.to_numpy() / max(1, known.size),
        }
    )
    table["level"] = table["level"].astype(object)
    if known.size == series.size:
        return table
    missing = pd.DataFrame({"level": [None], "n": [series.size - known.size], "percent": [NAN]}, dtype=object)
    return pd.concat([table.astype(object), missing], ignore_index=True).astype({"n": int, "percent": float})


def student_t(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Two-sample t test with pooled variance, a minus b; NaN values are left out."""
    return _t("Student t", _known(a), _known(b), equal_variances=True)


def welch_t(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Two-sample t test without assuming equal variances (Welch BL, Biometrika 1947), a minus b; NaN left out."""
    return _t("Welch t", _known(a), _known(b), equal_variances=False)


def mann_whitney_u(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Mann-Whitney test, U of a, asymptotic with tie and continuity correction; NaN values are left out."""
    one, two = _known(a), _known(b)
    if not one.size or not two.size:
        return Comparison("Mann-Whitney U", NAN, NAN, NAN, "a group is empty")
    if np.ptp(np.concatenate([one, two])) == 0:
        return Comparison("Mann-Whitney U", NAN, NAN, NAN, "constant")
    result = mannwhitneyu(one, two, method="asymptotic")
    return Comparison("Mann-Whitney U", float(result.statistic), NAN, float(result.pvalue))


def mann_whitney_u_uncorrected(a: ArrayLike, b: ArrayLike) -> Comparison:
    """`mann_whitney_u` without the continuity correction, as some packages report it."""
    corrected = mann_whitney_u(a, b)
    if corrected.reason:
        return corrected
    p = mannwhitneyu(_known(a), _known(b), method="asymptotic", use_continuity=False).pvalue
    return corrected._replace(p=float(p))


def shapiro_wilk(values: ArrayLike) -> Comparison:
    """Test of normality (Shapiro SS, Wilk MB, Biometrika 1965); NaN values are left out.

    Returns
    -------
    Comparison
        NaN with fewer than 3 or more than 5,000 values, where the approximation of p ends, and for constant ones.
    """
    known = _known(values)
    if not 3 <= known.size <= 5000:
        return Comparison("Shapiro-Wilk", NAN, NAN, NAN, "needs 3 to 5,000 values")
    if np.ptp(known) == 0:
        return Comparison("Shapiro-Wilk", NAN, NAN, NAN, "constant")
    result = shapiro(known)
    return Comparison("Shapiro-Wilk", float(result.statistic), NAN, float(result.pvalue))


def compare_numbers(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Compare a continuous variable between two groups by the customary rule.

    Both groups compatible with normality (Shapiro-Wilk p >= 0.05): Student's t if variances are (Levene p >= 0.05),
    else Welch's. Otherwise, and for groups of fewer than three or constant ones, Mann-Whitney.

    Parameters
    ----------
    a, b : array_like
        NaN values are left out; `describe_number` counts them.
    """
    one, two = _known(a), _known(b)
    if not (_looks_normal(one) and _looks_normal(two)):
        return mann_whitney_u(one, two)
    if levene(one, two).pvalue >= 0.05:
        return student_t(one, two)
    return welch_t(one, two)


def chi_square(table: ArrayLike) -> Comparison:
    """Pearson's chi-square without continuity correction.

    Parameters
    ----------
    table : array_like of int, shape (r, c)
        Counts; empty rows and columns are left out.

    Returns
    -------
    Comparison
        NaN when fewer than two rows or columns have counts.
    """
    counts = _occupied(table)
    if min(counts.shape) < 2:
        return Comparison("chi-square", NAN, NAN, NAN, "fewer than two levels or groups")
    result = chi2_contingency(counts, correction=False)
    return Comparison("chi-square", float(result.statistic), float(result.dof), float(result.pvalue))


def yates_chi_square(table: ArrayLike) -> Comparison:
    """Chi-square of a 2 x 2 table with Yates' continuity correction (Yates F, 1934); as `chi_square`."""
    counts = _occupied(table)
    if counts.shape != (2, 2):
        return Comparison("chi-square, Yates", NAN, NAN, NAN, "not a table of two levels by two groups")
    result = chi2_contingency(counts, correction=True)
    return Comparison("chi-square, Yates", float(result.statistic), float(result.dof), float(result.pvalue))


def fisher(table: ArrayLike, seed: int = 0) -> Comparison:
    """Fisher's exact test of an r x c table of counts.

    Parameters
    ----------
    table : array_like of int, shape (r, c)
        Counts; empty rows and columns are left out.
    seed : int
        For the Monte Carlo form.

    Returns
    -------
    Comparison
        Exact where the tables with these margins can be enumerated (see `exact.fisher_exact`), else a seeded Monte
        Carlo p value whose name says so.
    """
    counts = _occupied(table)
    if min(counts.shape) < 2:
        return Comparison("Fisher exact", NAN, NAN, NAN, "fewer than two levels or groups")
    p, exact = fisher_exact(counts, seed)
    return Comparison("Fisher exact" if exact else "Fisher Monte Carlo", NAN, NAN, p)


def compare_counts(table: ArrayLike, seed: int = 0) -> Comparison:
    """Compare a categorical variable between groups by the customary rule.

    Chi-square when every expected count is at least 1 and at most one in five is below 5 (for 2 x 2: none), else Fisher
    (Cochran WG, Biometrics 1954).

    Parameters
    ----------
    table : array_like of int, shape (levels, groups)
    seed : int
        For Fisher's Monte Carlo form.
    """
    counts = _occupied(table)
    if min(counts.shape) < 2:
        return chi_square(counts)
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    if expected.min() >= 1 and (expected < 5).mean() <= 0.2:
        return chi_square(counts)
    return fisher(counts, seed)


def _t(name: str, a: Floats, b: Floats, equal_variances: bool) -> Comparison:
    if min(a.size, b.size) < 2:
        return Comparison(name, NAN, NAN, NAN, "fewer than two values in a group")
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return Comparison(name, NAN, NAN, NAN, "constant in both groups")
    result = ttest_ind(a, b, equal_var=equal_variances)
    return Comparison(name, float(result.statistic), float(result.df), float(result.pvalue))


def _looks_normal(values: Floats) -> bool:
    return shapiro_wilk(values).p >= 0.05


def _known(values: ArrayLike) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    return array[~np.isnan(array)]


def _occupied(table: ArrayLike) -> np.ndarray:
    counts = np.asarray(table, dtype=np.int64)
    if counts.ndim != 2 or (counts < 0).any():
        raise ValueError("a table of counts has two dimensions and no negative count")
    return counts[counts.any(axis=1)][:, counts.any(axis=0)]
