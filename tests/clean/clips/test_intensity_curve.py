"""Parameters of curves that are known by construction."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.clean.clips.intensity_curve import measure_curve

TIMES = np.arange(0.0, 101.0)
# Level 10 until 10 s, up by 2 a second to 50 at 30 s, down by 0.5 a second to 15 at 100 s.
TENT = np.interp(TIMES, [0, 10, 30, 100], [10, 10, 50, 15])


def test_a_tent() -> None:
    curve = measure_curve(TIMES, TENT)
    assert curve.reason == ""
    assert curve.arrival_s == pytest.approx(12)  # 10 + 10 % of 40
    assert curve.baseline == pytest.approx((11 * 10 + 12) / 12)  # eleven seconds at 10 and one at 12
    assert curve.peak == pytest.approx(50 - curve.baseline)
    assert curve.time_to_peak_s == pytest.approx(18)
    assert curve.wash_in == pytest.approx(2)
    assert curve.wash_out == pytest.approx(-0.5)
    # from 12 s to 72 s: up from 14 to 50 over 18 s, down to 29 over 42 s
    assert curve.auc == pytest.approx(18 * 32 + 42 * 39.5 - 60 * curve.baseline)


def test_the_clock_and_the_gain_do_not_matter_but_where_they_should() -> None:
    curve, later, louder = measure_curve(TIMES, TENT), measure_curve(TIMES + 7, TENT), measure_curve(TIMES, 3 * TENT)
    assert later.arrival_s == pytest.approx(curve.arrival_s + 7)
    assert (later.time_to_peak_s, later.auc) == pytest.approx((curve.time_to_peak_s, curve.auc))
    assert (louder.peak, louder.wash_out) == pytest.approx((3 * curve.peak, 3 * curve.wash_out))


def test_a_clip_that_ends_early_has_no_area_and_one_that_ends_at_the_peak_no_wash_out() -> None:
    short = measure_curve(TIMES[:51], TENT[:51])
    assert math.isnan(short.auc)
    assert short.wash_out == pytest.approx(-0.5)
    assert math.isnan(measure_curve(TIMES[:31], TENT[:31]).wash_out)


@pytest.mark.parametrize(
    ("times", "levels", "reason"),
    [
        (None, TENT, "no_frame_times"),
        (TIMES[:4], TENT[:4], "too_few_frames"),
        (TIMES, np.full(101, 20.0), "no_enhancement"),
        (TIMES, TENT[::-1] * 0.05, "no_enhancement"),
        (TIMES[30:], TENT[30:], "no_enhancement"),
    ],
)
def test_what_is_no_enhancement_says_so(times: np.ndarray | None, levels: np.ndarray, reason: str) -> None:
    curve = measure_curve(times, levels)
    assert curve.reason == reason
    assert math.isnan(curve.peak)


@given(st.lists(st.tuples(st.floats(0.01, 5), st.floats(0, 255)), min_size=1, max_size=40))
def test_any_curve_is_measured_or_has_a_reason(points: list[tuple[float, float]]) -> None:
    steps, levels = np.array(points).T
    curve = measure_curve(np.cumsum(steps), levels)
    if curve.reason:
        assert math.isnan(curve.arrival_s)
    else:
        assert curve.peak >= 4
        assert curve.time_to_peak_s > 0
        assert 0 < curve.wash_in < math.inf
