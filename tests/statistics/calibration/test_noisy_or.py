import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.calibration.noisy_or import auc_weights, noisy_or_theta, theta_probability


def test_two_examinations_by_hand():
    names, theta = noisy_or_theta([0.5, 0.75, 0.0, 0.9], ["e2", "e2", "e1", "e1"])
    assert names.tolist() == ["e1", "e2"]
    assert theta == pytest.approx([np.log(10) / 2, (np.log(2) + np.log(4)) / 2])
    assert theta_probability(theta) == pytest.approx([1 - np.sqrt(0.1), 1 - np.sqrt(1 / 8)])


def test_certainty_is_cut():
    assert noisy_or_theta([1.0], ["e"], eps=0.01)[1] == pytest.approx([-np.log(0.01)])
    assert theta_probability([0.0, np.inf]).tolist() == [0, 1]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_one_image_gives_its_probability_and_several_lie_between(values):
    _, theta = noisy_or_theta(values, np.zeros(len(values)))
    probability = theta_probability(theta)[0]
    cut = np.minimum(values, 1 - 1e-6)
    assert min(cut) - 1e-12 <= probability <= max(cut) + 1e-12


def test_weights_are_shares_of_the_aucs():
    assert auc_weights([0.9, 0.6]) == pytest.approx([0.6, 0.4])
    assert np.isnan(auc_weights([0.9, np.nan])).all()
    assert np.isnan(auc_weights([0.0, 0.0])).all()


def test_what_is_no_probability_is_refused():
    for values, eps in (([np.nan], 0.1), ([1.1], 0.1), ([0.5], 0.0)):
        with pytest.raises(ValueError, match="outside"):
            noisy_or_theta(values, ["e"], eps)
