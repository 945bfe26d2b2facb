import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.discrimination.auc_comparison import hanley_mcneil_se, logit_interval, unpaired_delong_test


@given(st.integers(0, 2**31))
def test_the_logit_interval_stays_inside_and_holds_the_area(seed):
    generator = np.random.default_rng(seed)
    y = np.repeat([0, 1], 6)
    got = logit_interval(y, generator.normal(1.5 * y, 1))
    if not got.reason:
        assert 0 < got.lower < got.estimate < got.upper < 1


def test_an_area_of_one_has_no_logit_interval():
    got = logit_interval([0, 0, 1, 1], [1, 2, 3, 4])
    assert got.estimate == 1
    assert np.isnan([got.lower, got.upper]).all()
    assert "infinite" in got.reason


def test_hanley_mcneil_as_published():
    # Hanley & McNeil 1982: an area of 0.893 in 51 abnormal and 58 normal images has a standard error of 0.032.
    assert hanley_mcneil_se(0.893, 51, 58) == pytest.approx(0.032, abs=0.001)
    assert np.isnan(hanley_mcneil_se(0.8, 0, 5))


def test_unpaired_difference_is_that_of_the_areas(paired):
    one, two = paired["train"], paired["test"]
    got = unpaired_delong_test(one["y"], one["model_a"], two["y"], two["model_a"])
    a, b = auc_interval(one["y"], one["model_a"]), auc_interval(two["y"], two["model_a"])
    assert got.difference == pytest.approx(a.estimate - b.estimate)
    assert got.se == pytest.approx(np.hypot(a.se, b.se))
    assert got.lower < got.difference < got.upper
    assert got.p_welch > got.p


def test_unpaired_difference_of_one_class_says_so():
    got = unpaired_delong_test([1, 1], [1, 2], [0, 1, 1, 0], [1, 2, 3, 4])
    assert np.isnan(got.p)
    assert got.reason == "only one class"
