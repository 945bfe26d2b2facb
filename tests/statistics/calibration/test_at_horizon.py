import numpy as np
import pytest

from sonomics.statistics.calibration.at_horizon import calibrate_at_horizon


def test_two_groups_by_hand():
    """Without censoring the observed risk is a share: 1 of 4 and 3 of 4 by time 5; 4 of 8 over a mean of 0.45."""
    time = [6, 7, 8, 1, 2, 3, 4, 9]
    found = calibrate_at_horizon(time, np.ones(8), [0.2] * 4 + [0.7] * 4, 5.0, groups=2)
    assert found.groups["n"].tolist() == [4, 4]
    assert found.groups["predicted"].tolist() == pytest.approx([0.2, 0.7])
    assert found.groups["observed"].tolist() == pytest.approx([0.25, 0.75])
    assert (found.groups["lower"] < found.groups["observed"]).all()
    assert found.observed_to_expected.estimate == pytest.approx(0.5 / 0.45)


def test_sound_risks_have_a_slope_and_a_ratio_near_one():
    generator = np.random.default_rng(0)
    hazard = np.exp(generator.normal(-3, 0.8, 3000))
    time, censored = generator.exponential(1 / hazard), generator.uniform(0, 60, 3000)
    risk = 1 - np.exp(-12 * hazard)
    found = calibrate_at_horizon(np.minimum(time, censored), time <= censored, risk, 12.0)
    assert found.slope.estimate == pytest.approx(1, abs=0.1)
    assert found.observed_to_expected.estimate == pytest.approx(1, abs=0.06)
    assert found.slope.lower < 1 < found.slope.upper
    spread = 1 - np.exp(-12 * hazard**2 / np.exp(-3))
    assert calibrate_at_horizon(np.minimum(time, censored), time <= censored, spread, 12.0).slope.estimate < 0.6


@pytest.mark.parametrize(
    ("time", "event", "risk", "ratio", "slope"),
    [
        ([1, 2, 3, 4], [0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4], "ends before", "no events"),
        ([9, 9, 9, 9], [0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4], "", "no events"),
        ([9, 2, 9, 4], [1, 1, 1, 1], [0.3, 0.3, 0.3, 0.3], "", "constant"),
        ([9, 2, 9, 4], [1, 1, 1, 1], [0, 0, 0, 0], "nothing", "constant"),
    ],
)
def test_what_is_not_estimable_has_a_reason(time, event, risk, ratio, slope):
    found = calibrate_at_horizon(time, event, risk, 5.0, groups=2)
    assert ratio in found.observed_to_expected.reason
    assert np.isnan(found.observed_to_expected.estimate) == bool(ratio)
    assert slope in found.slope.reason
    assert np.isnan(found.slope.estimate)


def test_what_is_no_risk_is_refused():
    for risk in ([0.5, np.nan], [0.5, 1.5], [0.5]):
        with pytest.raises(ValueError, match="risk"):
            calibrate_at_horizon([1, 2], [1, 1], risk, 1.0)
