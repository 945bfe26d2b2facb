import numpy as np
import pytest
from scipy.stats import ttest_1samp

from sonomics.statistics.comparison.description import describe_levels, describe_number, mean_interval


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
