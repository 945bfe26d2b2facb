"""From scores to probabilities."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from sonomics.stack.methods.calibration import apply_calibrator, fit_calibrator
from sonomics.stack.methods.combination import apply_combination, fit_combination


def test_calibration_recovers_a_known_link():
    random = np.random.default_rng(1)
    score = random.normal(size=20000)
    labels = (random.random(20000) < expit(-0.5 + 2 * score)).astype(float)
    state = fit_calibrator(score, labels, "platt")
    assert state["intercept"] == pytest.approx(-0.5, abs=0.06)
    assert state["slope"] == pytest.approx(2, abs=0.1)


def test_a_constant_score_is_calibrated_to_the_share_of_positives():
    state = fit_calibrator(np.zeros(4), np.array([1.0, 0, 0, 0]), "platt")
    assert apply_calibrator(state, np.zeros(2)).tolist() == [0.25, 0.25]


def test_an_uncalibrated_probability_is_the_base_models_own():
    state = fit_calibrator(np.array([0.0, 1.0]), np.array([0.0, 1.0]), "none")
    assert apply_calibrator(state, np.log([0.25 / 0.75, 4.0])) == pytest.approx([0.25, 0.8])


@pytest.mark.parametrize("method", ["platt", "isotonic", "none"])
def test_separable_scores_give_probabilities_inside_zero_and_one(method):
    labels = pd.Series(np.arange(40) % 2.0)
    rows = pd.DataFrame({"perfect": labels, "other": np.linspace(0, 1, 40)})
    state = fit_combination(rows, labels, "fitted")
    combined = apply_combination(state, rows)
    probability = apply_calibrator(fit_calibrator(combined, labels.to_numpy(), method), combined)
    assert ((probability >= 0) & (probability <= 1)).all()
    assert probability[labels == 1].min() > probability[labels == 0].max()
