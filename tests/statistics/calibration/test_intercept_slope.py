import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from sonomics.statistics.calibration.intercept_slope import (
    brier,
    calibration_curve,
    calibration_in_the_large,
    calibration_slope,
    clipped_logit,
    grouped_calibration,
    hosmer_lemeshow,
    loess_errors,
    quantile_groups,
    scaled_brier,
)

SETS = [("model_a", "all"), ("model_b", "all"), ("model_a", "test")]


@pytest.fixture(params=SETS, ids=lambda pair: "_".join(pair))
def predicted(request, paired):
    model, part = request.param
    return f"calibration.{model}_{part}", paired[part]["y"], paired[part][model]


def test_intercept_and_slope_equal_r(oracle, predicted):
    key, y, p = predicted
    large, slope = calibration_in_the_large(y, p), calibration_slope(y, p)
    oracle.check(key, {"citl_intercept": large.estimate, "citl_se": large.se, "citl_ci": [large.lower, large.upper]})
    oracle.check(key, {"slope": slope.estimate, "slope_se": slope.se, "slope_ci": [slope.lower, slope.upper]})


def test_brier_equals_r(oracle, predicted):
    key, y, p = predicted
    oracle.check(key, {"brier": brier(y, p), "brier_scaled": scaled_brier(y, p)})


def test_loess_errors_equal_r(oracle, predicted):
    key, y, p = predicted
    got = loess_errors(y, p)
    values = {"ici_loess": got.ici, "e50_loess": got.e50, "e90_loess": got.e90, "emax_loess": got.emax}
    oracle.check(key, values)


def test_hosmer_lemeshow_equals_r(oracle, predicted):
    key, y, p = predicted
    got = hosmer_lemeshow(y, p)._asdict()
    sizes = np.bincount(quantile_groups(p.to_numpy(), 10))
    oracle.check(f"{key}.hl_quantile_cut", {name: got[name] for name in got if name != "reason"})
    oracle.check(f"{key}.hl_quantile_cut", {"group_sizes": sizes})


def test_grouped_curve_equals_r(oracle, predicted):
    key, y, p = predicted
    expected = pd.DataFrame(oracle[f"{key}.deciles_quantile_cut"])
    got = grouped_calibration(y, p)
    np.testing.assert_array_equal(got["n"], expected["n"])
    np.testing.assert_allclose(got["predicted"], expected["mean_pred"], rtol=1e-9)
    np.testing.assert_allclose(got["observed"], expected["obs"], rtol=1e-9)
    np.testing.assert_allclose(got[["lower", "upper"]], np.stack(expected["wilson"]), rtol=1e-7)


def test_smooth_curve_spans_the_predictions_inside_its_band(paired):
    rows = paired["all"]
    curve = calibration_curve(rows["y"], rows["model_a"], points=21)
    assert curve.x[[0, -1]] == pytest.approx([rows["model_a"].min(), rows["model_a"].max()])
    assert ((curve.lower <= curve.fitted) & (curve.fitted <= curve.upper)).all()
    assert curve.lower.min() >= 0
    assert curve.upper.max() <= 1
    middle = loess_errors(rows["y"], rows["model_a"])
    assert np.abs(curve.fitted - curve.x).max() <= middle.emax + 1e-9


@given(hnp.arrays(np.float64, st.integers(1, 60), elements=st.integers(0, 20).map(lambda value: value / 20)))
def test_quantile_groups_are_those_of_pandas(values):
    got = quantile_groups(values, 10)
    assert np.array_equal(np.unique(got), np.arange(got.max() + 1))
    assert (np.diff(got[np.argsort(values, kind="stable")]) >= 0).all()
    if np.ptp(values) > 0:
        expected = pd.qcut(values, 10, labels=False, duplicates="drop")
        assert np.array_equal(got, np.unique(expected, return_inverse=True)[1])


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


def test_too_few_distinct_predictions_have_no_loess():
    y, p = np.tile([0, 1], 20), np.repeat([0.2, 0.4, 0.6, 0.8], 10)
    assert np.isnan(loess_errors(y, p)[:4]).all()
    assert loess_errors(y, p).reason
    assert np.isnan(calibration_curve(y, p).fitted).all()


def test_hosmer_lemeshow_without_a_usable_group():
    assert np.isnan(hosmer_lemeshow([0, 1, 1], [0.0, 0.5, 1.0]).chi2)
    two = hosmer_lemeshow([0, 1, 0, 1], [0.2, 0.2, 0.7, 0.7])
    assert two.groups == 2
    assert np.isnan(two.p_internal)
    assert two.reason == "fewer than three groups"
    # by hand: (1 - 0.4)^2 / (0.4 x 0.8) + (1 - 1.4)^2 / (1.4 x 0.3)
    assert two.chi2 == pytest.approx(1.125 + 0.16 / 0.42)


def test_a_score_that_is_no_probability_is_refused():
    with pytest.raises(ValueError, match=r"outside \[0, 1\]"):
        brier([0, 1], [0.2, 1.3])
