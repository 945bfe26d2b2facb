import numpy as np
import pytest

from sonomics.statistics.calibration.grouped import (
    expected_calibration_error,
)
from sonomics.statistics.calibration.intercept_slope import (
    observed_to_expected,
)
from sonomics.statistics.calibration.probability_scores import (
    brier,
    log_loss,
    null_brier,
    scaled_brier,
    spiegelhalter_test,
)


def test_by_hand():
    y, p = [1, 0, 1, 0], [0.8, 0.4, 0.6, 0.2]
    assert observed_to_expected(y, p) == pytest.approx(1)
    assert null_brier(y) == 0.25
    assert log_loss(y, p) == pytest.approx(-(2 * np.log(0.8) + 2 * np.log(0.6)) / 4)
    assert expected_calibration_error(y, p, groups=1) == pytest.approx(0)
    assert expected_calibration_error(y, p, groups=4) == pytest.approx(0.3)
    variance = 2 * 0.6**2 * 0.16 + 2 * 0.2**2 * 0.24
    z = (0.2 * -0.6 + -0.4 * 0.2 + 0.4 * -0.2 + -0.2 * 0.6) / np.sqrt(variance)
    assert spiegelhalter_test(y, p).statistic == pytest.approx(z)


def test_certain_predictions():
    assert log_loss([1, 0], [1.0, 0.0]) == 0
    assert log_loss([1, 0], [0.0, 0.0]) == np.inf
    assert np.isnan(spiegelhalter_test([1, 0], [0.5, 1.0]).p)
    assert np.isnan(observed_to_expected([0], [0.0]))


def test_no_cases():
    assert np.isnan([null_brier([]), log_loss([], []), expected_calibration_error([], [])]).all()


def test_brier_equals_r(oracle, predicted):
    key, y, p = predicted
    oracle.check(key, {"brier": brier(y, p), "brier_scaled": scaled_brier(y, p)})
