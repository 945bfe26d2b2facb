"""Measures of decisions and their jackknife: by hand, against other functions of the library, and properties."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.agreement.kappa import cohen_kappa
from sonomics.statistics.readers import decisions
from sonomics.statistics.readers.covariance import jackknife_share_covariance

# 6 positives of 10: 4 found, 2 missed; 1 of 4 negatives called positive.
TRUE = [1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
CALLED = [1, 1, 1, 1, 0, 0, 1, 0, 0, 0]


def estimate(measure, true=TRUE, called=CALLED, count=2):
    return decisions.jackknife_decisions(measure, true, called, np.arange(len(true)), count)[0][0]


def test_measures_by_hand():
    assert estimate(decisions.accuracy) == pytest.approx(7 / 10)
    assert estimate(decisions.predictive_value) == pytest.approx(4 / 5)
    assert estimate(decisions.negative_predictive_value) == pytest.approx(3 / 5)
    assert estimate(decisions.f1) == pytest.approx(8 / 11)
    assert estimate(decisions.kappa) == pytest.approx((0.7 - 0.5) / (1 - 0.5))  # by chance 0.5 * 0.6 + 0.5 * 0.4
    assert estimate(decisions.macro_f1) == pytest.approx((8 / 11 + 6 / 9) / 2)


def test_macro_f1_is_of_the_classes_that_occur():
    assert estimate(decisions.macro_f1, [0, 0, 1, 1], [0, 2, 1, 1], 3) == pytest.approx((2 / 3 + 1) / 2)


def test_what_is_undefined_is_not_a_number():
    assert np.isnan(estimate(decisions.predictive_value, [1, 0], [0, 0]))
    assert np.isnan(estimate(decisions.negative_predictive_value, [1, 0], [1, 1]))
    assert np.isnan(estimate(decisions.f1, [0, 0], [0, 0]))
    assert np.isnan(estimate(decisions.kappa, [0, 0], [0, 0]))
    assert estimate(decisions.kappa, [0, 0], [1, 1]) == 0
    values, covariance = decisions.jackknife_decisions(decisions.f1, [1], [1], ["p"])
    assert values.tolist() == [1.0]
    assert np.isnan(covariance).all()


def test_the_jackknife_of_accuracy_is_that_of_shares_and_of_kappa_by_leaving_out():
    generator = np.random.default_rng(4)
    true, called = generator.integers(0, 3, 25), generator.integers(0, 3, (2, 25))
    shares, expected = jackknife_share_covariance(called == true)
    values, covariance = decisions.jackknife_decisions(decisions.accuracy, true, called, np.arange(25), 3)
    assert values == pytest.approx(shares)
    assert covariance == pytest.approx(expected)
    left_out = np.array(
        [
            [cohen_kappa(np.delete(true, i), np.delete(call, i), categories=range(3)).estimate for i in range(25)]
            for call in called
        ]
    )
    centred = left_out - left_out.mean(axis=1, keepdims=True)
    _, covariance = decisions.jackknife_decisions(decisions.kappa, true, called, np.arange(25), 3)
    assert covariance == pytest.approx(24 / 25 * centred @ centred.T)


def test_the_cases_of_a_patient_are_left_out_together():
    generator = np.random.default_rng(5)
    true, called = generator.integers(0, 2, 12), generator.integers(0, 2, (2, 12))
    once = decisions.jackknife_decisions(decisions.f1, true, called, np.arange(12))
    patients = np.repeat(np.arange(12), 2)
    twice = decisions.jackknife_decisions(decisions.f1, np.repeat(true, 2), np.repeat(called, 2, axis=1), patients)
    assert twice[0] == pytest.approx(once[0])
    assert twice[1] == pytest.approx(once[1])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=2, max_size=30))
def test_kappas_equal_those_of_two_raters(pairs):
    true, called = (list(side) for side in zip(*pairs, strict=True))
    for measure, weights in ((decisions.kappa, "none"), (decisions.quadratic_kappa, "quadratic")):
        expected = cohen_kappa(true, called, weights, categories=range(4)).estimate
        assert estimate(measure, true, called, 4) == pytest.approx(expected, nan_ok=True)
