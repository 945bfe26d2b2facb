import numpy as np
import pytest
from scipy.special import expit, logit

from sonomics.statistics.calibration.intercept_slope import (
    calibration_in_the_large,
    calibration_slope,
    clipped_logit,
    recalibrate_at_site,
)
from sonomics.statistics.calibration.probability_scores import brier, scaled_brier
from sonomics.statistics.calibration.smoothed import loess_errors


def test_intercept_and_slope_equal_r(oracle, predicted):
    key, y, p = predicted
    large, slope = calibration_in_the_large(y, p), calibration_slope(y, p)
    oracle.check(key, {"citl_intercept": large.estimate, "citl_se": large.se, "citl_ci": [large.lower, large.upper]})
    oracle.check(key, {"slope": slope.estimate, "slope_se": slope.se, "slope_ci": [slope.lower, slope.upper]})


def test_one_class_is_not_estimable():
    y, p = np.ones(20), np.linspace(0.1, 0.9, 20)
    assert calibration_in_the_large(y, p).reason == "only one class"
    assert calibration_slope(y, p).reason == "only one class"
    assert np.isnan(loess_errors(y, p)[:4]).all()
    assert np.isnan(scaled_brier(y, p))


@pytest.mark.parametrize("p", [np.linspace(0.1, 0.9, 10), np.full(10, 0.5), np.repeat([0.2, 0.8], 5)])
def test_separated_or_constant_predictions_have_no_slope(p):
    y = np.repeat([0, 1], 5)
    got = calibration_slope(y, p)
    assert np.isnan([got.estimate, got.lower, got.upper]).all()
    assert got.reason == "the classes do not overlap in the prediction"
    assert calibration_in_the_large(y, p).estimate == pytest.approx(0, abs=1e-9)


def test_predictions_of_exactly_zero_and_one_keep_everything_finite():
    y, p = np.tile([0, 1, 1, 0], 10), np.tile([0.0, 1.0, 0.0, 1.0], 10)
    assert np.isfinite(calibration_in_the_large(y, p)[:4]).all()
    assert np.isfinite(calibration_slope(y, p)[:4]).all()
    assert clipped_logit([0.0, 1.0]) == pytest.approx([-13.8155, 13.8155], abs=1e-4)


def test_a_score_that_is_no_probability_is_refused():
    with pytest.raises(ValueError, match=r"outside \[0, 1\]"):
        brier([0, 1], [0.2, 1.3])


def test_recalibration_finds_a_planted_shift():
    generator = np.random.default_rng(3)
    truth = generator.uniform(0.05, 0.95, 20_000)
    y = generator.uniform(size=truth.size) < truth
    shifted = expit((logit(truth) - 0.7) / 1.4)
    intercept, slope, test = recalibrate_at_site(y, shifted)
    assert intercept.estimate == pytest.approx(0.7, abs=4 * intercept.se)
    assert slope.estimate == pytest.approx(1.4, abs=4 * slope.se)
    assert max(intercept.se, slope.se) < 0.03
    assert test.p < 1e-10
    assert recalibrate_at_site(y, truth)[2].p > 0.001
    assert slope.estimate == pytest.approx(calibration_slope(y, shifted).estimate)


def test_recalibration_without_a_maximum_says_so():
    assert recalibrate_at_site([1, 1], [0.2, 0.3])[0].reason == "only one class"
    assert "no maximum" in recalibrate_at_site([0, 1, 0, 1], [0.4] * 4)[1].reason
