"""The customary tests of a variable between groups of patients."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2_contingency, levene, mannwhitneyu, shapiro, ttest_ind

from sonomics.statistics.comparison.fisher import fisher_exact
from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import drop_missing
from sonomics.statistics.selection.univariable_classes import (
    FeatureTests,
    FTests,
    anova_by_feature,
    kruskal_wallis_by_feature,
    welch_anova_by_feature,
)

NAN = float("nan")


class Comparison(NamedTuple):
    """A named test with statistic, degrees of freedom (NaN where it has none), two-sided p, reason when undefined."""

    test: str
    statistic: float
    df: float
    p: float
    reason: str = ""


def student_t(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Compare means by the t test with pooled variance, a minus b; NaN values are left out."""
    return _t("Student t", drop_missing(a), drop_missing(b), equal_variances=True)


def welch_t(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Compare means by the t test without equal variances (Welch BL, Biometrika 1947), a minus b; NaN left out."""
    return _t("Welch t", drop_missing(a), drop_missing(b), equal_variances=False)


def mann_whitney_u(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Compare ranks by the Mann-Whitney test, U of a, with tie and continuity correction; NaN values are left out."""
    known_a, known_b = drop_missing(a), drop_missing(b)
    if not known_a.size or not known_b.size:
        return Comparison("Mann-Whitney U", NAN, NAN, NAN, "a group is empty")
    if np.ptp(np.concatenate([known_a, known_b])) == 0:
        return Comparison("Mann-Whitney U", NAN, NAN, NAN, "constant")
    result = mannwhitneyu(known_a, known_b, method="asymptotic")
    return Comparison("Mann-Whitney U", float(result.statistic), NAN, float(result.pvalue))


def mann_whitney_u_uncorrected(a: ArrayLike, b: ArrayLike) -> Comparison:
    """Compare as `mann_whitney_u`, without the continuity correction, as some packages report it."""
    corrected = mann_whitney_u(a, b)
    if corrected.reason:
        return corrected
    p = mannwhitneyu(drop_missing(a), drop_missing(b), method="asymptotic", use_continuity=False).pvalue
    return corrected._replace(p=float(p))


def shapiro_wilk(values: ArrayLike) -> Comparison:
    """Test normality (Shapiro SS, Wilk MB, Biometrika 1965); NaN values are left out.

    Parameters
    ----------
    values : array_like, shape (n,)

    Returns
    -------
    Comparison
        NaN with fewer than 3 or more than 5,000 values, where the approximation of p ends, and when all are equal.
    """
    known = drop_missing(values)
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
    known_a, known_b = drop_missing(a), drop_missing(b)
    if not (_looks_normal(known_a) and _looks_normal(known_b)):
        return mann_whitney_u(known_a, known_b)
    if levene(known_a, known_b).pvalue >= 0.05:
        return student_t(known_a, known_b)
    return welch_t(known_a, known_b)


def compare_several_numbers(groups: Sequence[ArrayLike]) -> Comparison:
    """Compare a continuous variable between several groups by the customary rule, as `compare_numbers` does two.

    All groups compatible with normality: analysis of variance if variances are alike (Levene p >= 0.05), else Welch's.
    Otherwise Kruskal-Wallis.

    Parameters
    ----------
    groups : sequence of array_like
        NaN values are left out, and groups without a value.
    """
    known = [values for values in map(drop_missing, groups) if values.size]
    if len(known) < 2 or not all(map(_looks_normal, known)):
        return kruskal_wallis(groups)
    return analysis_of_variance(groups) if levene(*known).pvalue >= 0.05 else welch_analysis_of_variance(groups)


def kruskal_wallis(groups: Sequence[ArrayLike]) -> Comparison:
    """Compare ranks between groups by the Kruskal-Wallis test, without NaN values; NaN where they are all equal."""
    values, code = _stack_groups(groups)
    return _several("Kruskal-Wallis", kruskal_wallis_by_feature(values, code), values, code)


def analysis_of_variance(groups: Sequence[ArrayLike]) -> Comparison:
    """Compare means between groups by analysis of variance; as `kruskal_wallis`, and NaN without spread within."""
    values, code = _stack_groups(groups)
    return _several("ANOVA", anova_by_feature(values, code), values, code)


def welch_analysis_of_variance(groups: Sequence[ArrayLike]) -> Comparison:
    """Compare means without equal variances (Welch BL, Biometrika 1951); NaN where a group has fewer than two values.

    Also NaN where a group has no spread.
    """
    values, code = _stack_groups(groups)
    return _several("Welch ANOVA", welch_anova_by_feature(values, code), values, code)


def chi_square(table: ArrayLike) -> Comparison:
    """Compare counts by Pearson's chi-square without continuity correction.

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
    """Compare the counts of a 2 x 2 table by chi-square with Yates' correction (Yates F, 1934); as `chi_square`."""
    counts = _occupied(table)
    if counts.shape != (2, 2):
        return Comparison("chi-square, Yates", NAN, NAN, NAN, "not a table of two levels by two groups")
    result = chi2_contingency(counts, correction=True)
    return Comparison("chi-square, Yates", float(result.statistic), float(result.dof), float(result.pvalue))


def fisher(table: ArrayLike, seed: int = 0) -> Comparison:
    """Compare the counts of an r x c table by Fisher's exact test.

    Parameters
    ----------
    table : array_like of int, shape (r, c)
        Counts; empty rows and columns are left out.
    seed : int
        For the Monte Carlo form.

    Returns
    -------
    Comparison
        Exact where the tables with these margins can be enumerated (see `fisher.fisher_exact`); otherwise a seeded
        Monte Carlo p value, named so.
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


def _stack_groups(groups: Sequence[ArrayLike]) -> tuple[Floats, NDArray[np.int64]]:
    known = [drop_missing(values) for values in groups]
    code = np.repeat(np.arange(len(known)), [values.size for values in known])
    return np.concatenate([*known, np.zeros(0)])[:, None], code


def _several(name: str, tests: FeatureTests | FTests, values: Floats, code: NDArray[np.int64]) -> Comparison:
    df = tests.df1 if isinstance(tests, FTests) else tests.df
    if not np.isnan(tests.p[0]):
        return Comparison(name, float(tests.statistic[0]), float(df[0]), float(tests.p[0]))
    reason = "fewer than two groups" if len(set(code)) < 2 else "constant" if np.ptp(values) == 0 else "too few values"
    return Comparison(name, NAN, NAN, NAN, reason)


def _looks_normal(values: Floats) -> bool:
    return shapiro_wilk(values).p >= 0.05


def _occupied(table: ArrayLike) -> np.ndarray:
    counts = np.asarray(table, dtype=np.int64)
    if counts.ndim != 2 or (counts < 0).any():
        raise ValueError("a table of counts must have two dimensions and no negative count")
    return counts[counts.any(axis=1)][:, counts.any(axis=0)]
