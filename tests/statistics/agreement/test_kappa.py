import numpy as np
import pytest

from sonomics.statistics.agreement.kappa import fleiss_kappa


def test_by_hand():
    # Subjects aa, ab, bb: observed 2/3, shares 1/2 each, chance 1/2.
    got = fleiss_kappa([["a", "a"], ["a", "b"], ["b", "b"]])
    assert (got.observed, got.by_chance) == (pytest.approx(2 / 3), 0.5)
    assert got.kappa == pytest.approx(1 / 3)
    assert got.se_null == pytest.approx(1 / np.sqrt(3))
    assert got.lower < got.lower_normal < got.kappa < got.upper_normal < got.upper


def test_agreement_in_everything_is_one():
    assert fleiss_kappa([[1, 1, 1], [2, 2, 2], [3, 3, 3]]).kappa == pytest.approx(1)


@pytest.mark.parametrize("ratings", [[[1, 1], [1, 1]], [[1], [2]], np.zeros((0, 3))])
def test_not_estimable(ratings):
    got = fleiss_kappa(ratings)
    assert np.isnan(got.kappa)
    assert got.reason


def test_a_single_subject_has_no_spread():
    got = fleiss_kappa([[1, 2, 2]])
    assert got.kappa == pytest.approx(1 - (2 / 3) / (4 / 9))
    assert np.isnan(got.se)
