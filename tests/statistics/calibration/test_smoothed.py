import numpy as np
import pytest

from sonomics.statistics.calibration.smoothed import calibration_curve, loess_errors


def test_loess_errors_equal_r(oracle, predicted):
    key, y, p = predicted
    got = loess_errors(y, p)
    values = {"ici_loess": got.ici, "e50_loess": got.e50, "e90_loess": got.e90, "emax_loess": got.emax}
    oracle.check(key, values)


def test_smooth_curve_spans_the_predictions_inside_its_band(paired):
    rows = paired["all"]
    curve = calibration_curve(rows["y"], rows["model_a"], points=21)
    assert curve.x[[0, -1]] == pytest.approx([rows["model_a"].min(), rows["model_a"].max()])
    assert ((curve.lower <= curve.fitted) & (curve.fitted <= curve.upper)).all()
    assert curve.lower.min() >= 0
    assert curve.upper.max() <= 1
    middle = loess_errors(rows["y"], rows["model_a"])
    assert np.abs(curve.fitted - curve.x).max() <= middle.emax + 1e-9


def test_too_few_distinct_predictions_have_no_loess():
    y, p = np.tile([0, 1], 20), np.repeat([0.2, 0.4, 0.6, 0.8], 10)
    assert np.isnan(loess_errors(y, p)[:4]).all()
    assert loess_errors(y, p).reason
    assert np.isnan(calibration_curve(y, p).fitted).all()
