import numpy as np
import pytest

from sonomics.statistics.classification.ordered import ordered_report

LEVELS = ["1", "2", "3", "4"]


def test_five_cases_by_hand():
    got = ordered_report(list("11234"), list("12244"), LEVELS)
    assert (got.accuracy, got.within_one) == (0.6, 1.0)
    assert (got.mean_error, got.bias) == pytest.approx((0.4, 0.4))
    # agreement of distances: 1 - 0.4 / 3; by chance 1 - mean distance / 3 over both margins, 1.36 / 3
    assert got.kappa_linear == pytest.approx(1 - 0.4 / 1.36)
    assert not got.reason


def test_perfect_reversed_and_far():
    grade = list("1234")
    perfect, reverse = ordered_report(grade, grade, LEVELS), ordered_report(grade, grade[::-1], LEVELS)
    assert (perfect.kappa_quadratic, perfect.tau_b, perfect.mean_error) == (1, 1, 0)
    assert (reverse.kappa_quadratic, reverse.tau_b, reverse.bias) == pytest.approx((-1, -1, 0))
    near, far = ordered_report(list("1144"), list("2144"), LEVELS), ordered_report(list("1144"), list("4144"), LEVELS)
    assert near.kappa_quadratic > far.kappa_quadratic
    assert near.accuracy == far.accuracy


def test_what_is_not_defined_has_a_reason():
    single = ordered_report(["2", "2", "2"], ["2", "2", "2"], LEVELS)
    assert single.accuracy == 1
    assert np.isnan([single.kappa_linear, single.tau_b]).all()
    assert single.reason
    assert np.isnan(ordered_report([], [], LEVELS)[:7]).all()
    with pytest.raises(ValueError, match="not listed"):
        ordered_report(["9"], ["1"], LEVELS)
    with pytest.raises(ValueError, match="one decision"):
        ordered_report(["1"], ["1", "2"], LEVELS)
