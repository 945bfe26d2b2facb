import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.calibration.probability_scores import brier
from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.survival.horizon import ipcw_brier, time_dependent_auc


@given(st.integers(0, 500))
def test_without_censoring_the_area_is_the_plain_one(seed):
    generator = np.random.default_rng(seed)
    time, risk = generator.integers(1, 9, 30).astype(float), generator.integers(0, 6, 30).astype(float)
    got = time_dependent_auc(time, np.ones(30), risk, 4)
    plain = auc_interval(time <= 4, risk)
    if not plain.reason:
        assert got.area.estimate == pytest.approx(plain.estimate)
        assert got.area.se == pytest.approx(plain.se, rel=0.1, abs=0.01)


def test_the_standard_error_is_that_of_resampled_patients(oracle):
    rows = oracle.table("survival")
    data = rows[["time_months", "event", "risk_score"]].to_numpy(dtype=float)
    generator = np.random.default_rng(7)
    draws = [data[generator.integers(0, len(data), len(data))].T for _ in range(300)]
    spread = np.std([time_dependent_auc(*draw, 24).area.estimate for draw in draws], ddof=1)
    assert time_dependent_auc(*data.T, 24).area.se == pytest.approx(spread, rel=0.12)


def test_without_cases_or_controls_the_area_is_not_estimable():
    assert "no cases" in time_dependent_auc([1, 2, 3], [1, 1, 1], [3, 2, 1], 3).area.reason
    assert "no cases" in time_dependent_auc([1, 2, 3], [0, 0, 0], [3, 2, 1], 2).area.reason


def test_brier_without_censoring_is_the_plain_one():
    time, risk = np.array([1, 2, 3, 4.0]), np.array([0.9, 0.2, 0.4, 0.1])
    assert ipcw_brier(time, np.ones(4), risk, 2) == pytest.approx(brier(time <= 2, risk))
    assert np.isnan(ipcw_brier(time, np.ones(4), [0.1, np.nan, 0.2, 0.3], 2))


def test_brier_beyond_the_last_follow_up_is_not_estimable():
    risk = [0.9, 0.2, 0.4, 0.1]
    assert np.isnan(ipcw_brier([1, 2, 3, 4], [1, 0, 1, 0], risk, 5))
    assert np.isnan(ipcw_brier([1, 2, 3, 4], np.zeros(4), risk, 5))
    assert ipcw_brier([1, 2, 3, 4], np.ones(4), risk, 5) == pytest.approx(brier(np.ones(4), risk))
