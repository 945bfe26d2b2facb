"""Temperature and Dirichlet calibration of several classes."""

import numpy as np
import pandas as pd
import pytest
from scipy.special import softmax

from sonomics.stack.methods.class_calibration import DIRICHLET, TEMPERATURE
from sonomics.statistics.calibration.class_probabilities import class_log_loss
from sonomics.statistics.calibration.temperature import fit_temperature

NAMES = [0, 1, 2]


def drawn(steepness: float = 3.0, n: int = 150) -> tuple[np.ndarray, pd.Series]:
    """Scores that are too certain by a factor, and classes drawn from the honest probabilities."""
    random = np.random.default_rng(0)
    honest = random.normal(size=(n, 3))
    codes = [random.choice(3, p=row) for row in softmax(honest, axis=1)]
    return steepness * honest, pd.Series(codes, dtype=np.float64)


def test_the_temperature_is_that_of_the_library_and_moves_no_decision():
    scores, labels = drawn()
    state = TEMPERATURE.fit(scores, labels)
    expected = fit_temperature(labels.astype(int), softmax(scores, axis=1), NAMES).temperature
    assert 1 / state["steepness"] == pytest.approx(expected)
    assert 2 < expected < 4.5
    probabilities = TEMPERATURE.apply(state, scores)
    np.testing.assert_allclose(probabilities, softmax(scores / expected, axis=1))
    np.testing.assert_array_equal(probabilities.argmax(axis=1), scores.argmax(axis=1))


def test_without_a_best_temperature_probabilities_stay_or_become_equal():
    certain = TEMPERATURE.fit(np.eye(3) * 4, pd.Series([0.0, 1.0, 2.0]))
    assert certain == {"steepness": 1.0, "reason": "every true class has the largest probability of its row"}
    wrong = TEMPERATURE.fit(np.eye(3) * 4, pd.Series([1.0, 2.0, 0.0]))
    assert wrong == {"steepness": 0.0, "reason": "the predictions are no better than equal ones"}
    np.testing.assert_allclose(TEMPERATURE.apply(wrong, np.eye(3)), 1 / 3)


@pytest.mark.parametrize("calibration", [TEMPERATURE, DIRICHLET])
def test_calibrated_probabilities_sum_to_one_and_have_a_smaller_log_loss(calibration):
    scores, labels = drawn()
    probabilities = calibration.apply(calibration.fit(scores, labels), scores)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    codes = labels.astype(int)
    assert class_log_loss(codes, probabilities, NAMES) < class_log_loss(codes, softmax(scores, axis=1), NAMES) - 0.1
