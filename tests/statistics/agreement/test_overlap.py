import numpy as np
import pytest

from sonomics.statistics.agreement.overlap import (
    heat_share_inside,
    hot_pixels,
    hot_pixels_by_half_maximum,
    hottest_pixels,
    overlap,
    soft_dice,
)

HEAT = np.array([[0.0, 0.2], [0.6, 0.8]])
MASK = np.array([[False, False], [False, True]])


def test_by_hand():
    assert overlap(hot_pixels(HEAT, 0.6), MASK) == (2 / 3, 0.5, 2, 1, 1)
    assert overlap(hot_pixels_by_half_maximum(HEAT), MASK).heat == 2
    assert overlap(hottest_pixels(HEAT, 0.25), MASK).dice == 1
    assert heat_share_inside(HEAT, MASK) == 0.5
    assert soft_dice(HEAT, MASK) == pytest.approx(1.6 / 2.6)


def test_ties_with_the_last_hot_pixel_are_hot():
    assert hottest_pixels(np.full(10, 0.3), 0.1).sum() == 10
    assert hottest_pixels(HEAT, 0.1).sum() == 0


def test_empty_regions():
    nothing = np.zeros((2, 2), dtype=bool)
    assert np.isnan(overlap(nothing, nothing).dice)
    assert overlap(nothing, MASK).dice == 0
    assert np.isnan(heat_share_inside(np.zeros((2, 2)), MASK))
    assert np.isnan(soft_dice(np.zeros((2, 2)), nothing))


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match="one image"):
        overlap(MASK, MASK[:1])
    with pytest.raises(ValueError, match="must not be negative"):
        heat_share_inside(-HEAT, MASK)


def test_a_map_without_heat_has_no_hot_half():
    assert not hot_pixels_by_half_maximum(np.zeros((2, 2))).any()
    assert overlap(hot_pixels_by_half_maximum(np.zeros((2, 2))), MASK).dice == 0
