import numpy as np
import pandas as pd
import pytest
from scipy.stats import f_oneway, kruskal

from sonomics.statistics.comparison.group_tests import (
    chi_square,
    compare_counts,
    compare_numbers,
    compare_several_numbers,
    fisher,
    kruskal_wallis,
    mann_whitney_u,
    student_t,
    welch_analysis_of_variance,
    welch_t,
)


def test_tests_of_numbers_equal_r(oracle, variable):
    name, a, b = variable
    student, welch, mann_whitney = student_t(a, b), welch_t(a, b), mann_whitney_u(a, b)
    values = {"student_t": student.statistic, "student_p": student.p, "welch_t": welch.statistic, "welch_p": welch.p}
    values |= {"welch_df": welch.df, "mwu_U_group0": mann_whitney.statistic, "mwu_p_cc": mann_whitney.p}
    oracle.check(f"table1_by_y.{name}", values)


@pytest.mark.parametrize("name", ["menopause", "ascites", "echo"])
def test_tests_of_counts_equal_r(oracle, paired, name):
    rows = paired["all"]
    counts = pd.crosstab(rows[name].astype(str), rows["y"])
    assert counts.to_numpy().tolist() == oracle[f"table1_by_y.{name}.counts"]
    without_correction, exactly = chi_square(counts), fisher(counts)
    assert exactly.test == "Fisher exact"
    values = {"chi2_nocc": without_correction.statistic, "df": without_correction.df, "p_nocc": without_correction.p}
    oracle.check(f"table1_by_y.{name}", values | {"fisher_p": exactly.p})


def test_the_customary_rule_for_counts(oracle):
    chosen = {name: compare_counts(oracle[f"table1_by_y.{name}.counts"]) for name in ("menopause", "ascites", "echo")}
    # Expected counts below 5: none; one of four; one of eight.
    assert [result.test for result in chosen.values()] == ["chi-square", "Fisher exact", "chi-square"]
    assert compare_counts([[1, 2], [2, 6], [25, 31]]).test == "Fisher exact"
    oracle.check("table1_by_y.ascites.fisher_p", chosen["ascites"].p)


def test_the_customary_rule_for_numbers():
    normal = np.array([-1.5, -1, -0.6, -0.3, 0, 0.3, 0.6, 1, 1.5])
    assert compare_numbers(normal, normal + 0.2).test == "Student t"
    assert compare_numbers(normal, 9 * normal).test == "Welch t"
    assert compare_numbers(normal, np.exp(4 * normal)).test == "Mann-Whitney U"
    assert compare_numbers([1.0, np.nan, 2.0], normal).test == "Mann-Whitney U"


def test_undefined_comparisons_are_named():
    undefined = [
        student_t([1.0], [1.0, 2.0]),
        welch_t([2.0, 2.0], [2.0, 2.0]),
        mann_whitney_u([], [1.0]),
        compare_numbers([3.0, 3.0], [3.0, 3.0]),
        compare_counts([[3, 0], [4, 0]]),
        chi_square([[3, 4]]),
        fisher([[0, 0], [3, 4]]),
    ]
    for result in undefined:
        assert np.isnan(result.p)
        assert result.reason


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        chi_square([[1, -1], [2, 3]])


def test_several_groups_are_compared_by_what_their_values_allow():
    random = np.random.default_rng(2)
    alike = [random.normal(mean, 1, 30) for mean in (0, 0.5, 1)]
    assert compare_several_numbers(alike).test == "ANOVA"
    assert compare_several_numbers(alike).p == pytest.approx(f_oneway(*alike).pvalue)
    spread = [random.normal(0, scale, 40) for scale in (1, 4, 12)]
    assert compare_several_numbers(spread).test == "Welch ANOVA"
    skewed = [random.exponential(1, 40) for _ in range(3)]
    ranked = compare_several_numbers([*skewed, [np.nan]])
    assert (ranked.test, ranked.df) == ("Kruskal-Wallis", 2)
    assert ranked.p == pytest.approx(kruskal(*skewed).pvalue)


def test_several_groups_that_cannot_be_compared_have_a_reason():
    assert compare_several_numbers([[1.0, 2.0], [np.nan]]).reason == "fewer than two groups"
    assert compare_several_numbers([[1.0, 1.0], [1.0]]).reason == "constant"
    assert welch_analysis_of_variance([[1.0, 2.0], [3.0]]).reason == "too few values"
    assert np.isnan(kruskal_wallis([]).p)
