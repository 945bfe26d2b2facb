"""Scans seen on a frame: shape, dual views, and what is drawn beside them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sonomics.imaging.boxes import Box
from sonomics.imaging.scan_region import detect_scans


@pytest.fixture
def frame() -> NDArray[np.uint8]:
    """A scan of 100 x 120 pixels at (40, 50), and a line of text above."""
    screen = np.zeros((200, 240), dtype=np.uint8)
    screen[40:140, 50:170] = np.random.default_rng(0).integers(40, 200, (100, 120))
    screen[4:10, 10:150:4] = 255
    return screen


def test_a_sector_is_told_from_a_rectangle(frame: NDArray[np.uint8]) -> None:
    assert detect_scans(frame)[1] == "rectangle"
    rows, columns = np.indices((300, 400))
    depth, across = rows - 20, columns - 200
    sector = (np.hypot(depth, across) < 240) & (np.abs(across) < 0.6 * depth)
    scan = np.where(sector, np.random.default_rng(0).integers(40, 200, sector.shape), 0).astype(np.uint8)
    (box,), shape = detect_scans(scan)
    assert shape == "sector"
    assert np.abs(np.array(box) - (20, 80, 260, 320)).max() <= 25


def test_no_view_of_a_screen_of_three_is_lost() -> None:
    screen = np.zeros((200, 440), dtype=np.uint8)
    for left in (20, 165, 310):
        screen[40:160, left : left + 110] = np.random.default_rng(left).integers(40, 200, (120, 110))
    boxes, shape = detect_scans(screen)
    assert shape == "rectangle"
    assert np.abs(np.array([box.left for box in boxes]) - (20, 165, 310)).max() <= 4


def test_two_scans_side_by_side_are_a_dual_view() -> None:
    screen = np.zeros((200, 300), dtype=np.uint8)
    noise = np.random.default_rng(0).integers(40, 200, (120, 110))
    screen[40:160, 20:130] = noise
    screen[40:160, 165:275] = noise
    boxes, _ = detect_scans(screen)
    assert [box.left for box in boxes] == [20, 165]
    screen[40:160, 200:275] = 0
    assert len(detect_scans(screen)[0]) == 1


def test_a_banner_of_one_colour_is_no_scan(frame: NDArray[np.uint8]) -> None:
    frame[150:200] = 90
    (box,), _ = detect_scans(frame)
    assert box == (40, 50, 140, 170)


def test_a_scan_that_nearly_fills_the_frame_is_left_whole(frame: NDArray[np.uint8]) -> None:
    boxes, shape = detect_scans(frame[38:142, 48:172])
    assert (boxes, shape) == ((Box(0, 0, 104, 124),), "whole")


def test_a_black_frame_is_left_whole() -> None:
    assert detect_scans(np.zeros((60, 80), dtype=np.uint8)) == ((Box(0, 0, 60, 80),), "whole")
