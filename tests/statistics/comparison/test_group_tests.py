import numpy as np
import pandas as pd
import pytest
from scipy.stats import fisher_exact as scipy_fisher_exact
from scipy.stats import ttest_1samp

from sonomics.statistics.comparison import fisher as exact
from sonomics.statistics.comparison.group_tests import (
    chi_square,
    compare_counts,
    compare_numbers,
    describe_levels,
    describe_number,
    fisher,
    mann_whitney_u,
    mean_interval,
    student_t,
    welch_t,
)

NUMBERS = ["age", "ca125", "size_mm"]


@pytest.fixture(params=NUMBERS)
def variable(request, paired):
    rows = paired["all"]
    return request.param, *(rows.loc[rows["y"] == y, request.param] for y in (0, 1))


def test_descriptions_equal_r(oracle, variable):
    name, *groups = variable
    for number, values in enumerate(groups):
        got = describe_number(values)._asdict()
        got.pop("missing")
        oracle.check(f"table1_by_y.{name}.group{number}", got)
    assert sum(describe_number(values).missing for values in groups) == oracle[f"table1_by_y.{name}.n_missing"]


def test_the_interval_of_a_mean_equals_that_of_a_t_test(variable):
    values = variable[1]
    known = values.dropna()
    reference = ttest_1samp(known, known.mean()).confidence_interval(0.9)
    found = mean_interval(values, 0.9)
    assert found[:3] == pytest.approx((known.mean(), reference.low, reference.high), rel=1e-12)


def test_the_interval_of_a_mean_needs_two_values():
    assert mean_interval([np.nan]).reason == "no value"
    alone = mean_interval([0.5, np.nan])
    assert (alone.estimate, alone.reason) == (0.5, "only one value")
    assert np.isnan(alone.lower)


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


def test_description_of_too_little():
    nothing = describe_number([np.nan, np.nan])
    assert (nothing.n, nothing.missing) == (0, 2)
    assert np.isnan(nothing[2:]).all()
    single = describe_number([4.0])
    assert single.mean == single.median == 4
    assert np.isnan(single.sd)


def test_levels_are_counted_among_the_known():
    got = describe_levels(["solid", None, "cystic", "solid", float("nan")])
    assert got["level"].tolist() == ["cystic", "solid", None]
    assert got["n"].tolist() == [1, 2, 2]
    assert got["percent"].tolist() == pytest.approx([100 / 3, 200 / 3, np.nan], nan_ok=True)
    assert describe_levels([1, 0, 1])["percent"].tolist() == pytest.approx([100 / 3, 200 / 3])
    assert describe_levels([None])["n"].tolist() == [1]


@pytest.mark.parametrize("table", [[[3, 1], [1, 3]], [[8, 2], [1, 5]], [[0, 6], [9, 2]], [[20, 5], [11, 30]]])
def test_two_by_two_is_that_of_scipy(table):
    assert fisher(table).p == pytest.approx(scipy_fisher_exact(table).pvalue, rel=1e-9)


def test_a_table_and_its_transpose_agree():
    table = np.array([[3, 0], [1, 4], [2, 2]])
    assert fisher(table).p == pytest.approx(fisher(table.T).p, rel=1e-12)


def test_too_many_tables_are_sampled_with_a_seed_and_say_so(monkeypatch):
    table = np.array([[6, 1], [2, 7], [3, 3]])
    exactly = fisher(table).p
    monkeypatch.setattr(exact, "_MOST_TABLES", 10)
    monkeypatch.setattr(exact, "_RESAMPLES", 499)
    sampled = fisher(table, seed=1)
    assert sampled.test == "Fisher Monte Carlo"
    assert sampled == fisher(table, seed=1)
    assert sampled.p == pytest.approx(exactly, abs=0.06)
    assert fisher([[1, 5, 2], [4, 1, 3], [2, 2, 6]], seed=1).test == "Fisher Monte Carlo"


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        chi_square([[1, -1], [2, 3]])
