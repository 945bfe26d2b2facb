import numpy as np
import pytest
from scipy.special import expit, logit

from sonomics.statistics.calibration.intercept_slope import calibration_slope
from sonomics.statistics.calibration.probability_scores import (
    expected_calibration_error,
    log_loss,
    null_brier,
    observed_to_expected,
    site_recalibration,
    spiegelhalter,
)


def test_recalibration_finds_a_planted_shift():
    generator = np.random.default_rng(3)
    truth = generator.uniform(0.05, 0.95, 20_000)
    y = generator.uniform(size=truth.size) < truth
    shifted = expit((logit(truth) - 0.7) / 1.4)
    intercept, slope, test = site_recalibration(y, shifted)
    assert intercept.estimate == pytest.approx(0.7, abs=4 * intercept.se)
    assert slope.estimate == pytest.approx(1.4, abs=4 * slope.se)
    assert max(intercept.se, slope.se) < 0.03
    assert test.p < 1e-10
    assert site_recalibration(y, truth)[2].p > 0.001
    assert slope.estimate == pytest.approx(calibration_slope(y, shifted).estimate)


def test_recalibration_without_a_maximum_says_so():
    assert site_recalibration([1, 1], [0.2, 0.3])[0].reason == "only one class"
    assert "no maximum" in site_recalibration([0, 1, 0, 1], [0.4] * 4)[1].reason


def test_by_hand():
    y, p = [1, 0, 1, 0], [0.8, 0.4, 0.6, 0.2]
    assert observed_to_expected(y, p) == pytest.approx(1)
    assert null_brier(y) == 0.25
    assert log_loss(y, p) == pytest.approx(-(2 * np.log(0.8) + 2 * np.log(0.6)) / 4)
    assert expected_calibration_error(y, p, groups=1) == pytest.approx(0)
    assert expected_calibration_error(y, p, groups=4) == pytest.approx(0.3)
    variance = 2 * 0.6**2 * 0.16 + 2 * 0.2**2 * 0.24
    z = (0.2 * -0.6 + -0.4 * 0.2 + 0.4 * -0.2 + -0.2 * 0.6) / np.sqrt(variance)
    assert spiegelhalter(y, p).statistic == pytest.approx(z)


def test_certain_predictions():
    assert log_loss([1, 0], [1.0, 0.0]) == 0
    assert log_loss([1, 0], [0.0, 0.0]) == np.inf
    assert np.isnan(spiegelhalter([1, 0], [0.5, 1.0]).p)
    assert np.isnan(observed_to_expected([0], [0.0]))


def test_no_cases():
    assert np.isnan([null_brier([]), log_loss([], []), expected_calibration_error([], [])]).all()
