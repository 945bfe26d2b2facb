"""Drawn marks go, echoes stay."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sonomics.clean.overlays.bars import find_bars
from sonomics.clean.overlays.calipers import find_calipers
from sonomics.clean.overlays.dotted_lines import find_dotted_lines
from sonomics.clean.overlays.remove import find_overlays, remove_overlays


def speckle(seed: int = 0, rows: int = 160, columns: int = 200) -> NDArray[np.uint8]:
    """Log-compressed speckle with a grain of some pixels, mid-grey."""
    rng = np.random.default_rng(seed)
    field = rng.standard_normal((2, rows, columns)).astype(np.float32)
    blurred = np.stack([cv2.GaussianBlur(part, (0, 0), 2) for part in field])
    decibels = 20 * np.log10(np.hypot(*blurred) / np.hypot(*blurred).mean() + 1e-3)
    return (110 + 3 * decibels).clip(0, 255).astype(np.uint8)


def drawn(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Draw a caliper cross, a dotted line and a letter in white."""
    marks = np.zeros(picture.shape, dtype=np.uint8)
    marks[40, 30:41] = marks[35:46, 35] = 255
    marks[80, 40:140:5] = 255
    cv2.putText(marks, "R", (150, 130), cv2.FONT_HERSHEY_SIMPLEX, 0.6, 255, 1, cv2.LINE_8)
    return np.maximum(picture, marks), marks > 0


def test_calipers_dots_and_letters_are_found_and_filled() -> None:
    clean = speckle()
    picture, truth = drawn(clean)
    filled, marks = remove_overlays(picture)
    assert (marks & truth).sum() >= 0.95 * truth.sum()
    assert marks.sum() <= 6 * truth.sum()
    assert np.abs(filled[truth].astype(float) - clean[truth]).mean() < 30
    np.testing.assert_array_equal(filled[~marks], picture[~marks])


def test_speckle_alone_is_left_as_it_is() -> None:
    picture = speckle(seed=1)
    filled, marks = remove_overlays(picture)
    assert not marks.any()
    np.testing.assert_array_equal(filled, picture)


def test_a_bright_blurred_interface_is_not_an_overlay() -> None:
    picture = np.full((120, 120), 40, dtype=np.float32)
    picture[60] = 2000
    blurred = cv2.GaussianBlur(picture, (0, 0), 2.5)
    interface = (blurred * 250 / blurred.max()).astype(np.uint8)
    assert interface.max() > 240
    assert not find_overlays(interface).any()


def test_a_large_white_area_is_not_an_overlay() -> None:
    picture = np.full((100, 100), 30, dtype=np.uint8)
    picture[20:60, 20:60] = 255
    assert not find_overlays(picture).any()


def test_a_coloured_mark_goes_and_colour_flow_stays() -> None:
    picture = np.repeat(speckle(seed=2)[..., None], 3, axis=2)
    cv2.ellipse(picture, (60, 60), (18, 12), 0, 0, 360, (220, 20, 20), -1)
    cv2.ellipse(picture, (90, 66), (8, 6), 0, 0, 360, (20, 30, 230), -1)
    flow = picture.copy()
    for start, end in (((140, 110), (156, 110)), ((148, 102), (148, 118))):
        cv2.line(picture, start, end, (255, 255, 40), 2)
    drawn = (picture != flow).any(axis=2)
    filled, marks = remove_overlays(picture)
    assert filled.shape == picture.shape
    assert marks.shape == picture.shape[:2]
    assert marks[drawn].mean() >= 0.95
    np.testing.assert_array_equal(filled[:96, :110], flow[:96, :110])


def test_marks_are_the_same_in_grey_and_in_grey_colour() -> None:
    picture, _ = drawn(speckle(seed=3))
    np.testing.assert_array_equal(find_overlays(picture), find_overlays(np.repeat(picture[..., None], 3, axis=2)))


def test_a_dotted_line_is_taken_from_end_to_end_over_its_gaps() -> None:
    picture = speckle(seed=4)
    picture[50, 20:181:5] = 255
    assert find_dotted_lines(picture)[50, 20:180].all()
    picture = speckle(seed=4)
    picture[50, 20:40:5] = 255
    assert not find_dotted_lines(picture).any()


def test_a_cross_is_found_and_a_corner_is_not() -> None:
    cross, corner = speckle(seed=5), speckle(seed=5)
    cross[60, 70:87] = cross[52:69, 78] = 255
    corner[60, 78:87] = corner[60:69, 78] = 255
    assert find_calipers(cross)[60, 71:86].all()
    assert not find_calipers(corner).any()


def test_a_grey_bar_is_found_and_a_bright_shadow_border_is_not() -> None:
    picture = speckle(seed=6)
    picture[30:130, 180:190] = np.linspace(255, 0, 100)[:, None].astype(np.uint8)
    assert find_bars(picture)[32:110, 181:189].mean() >= 0.95
    shadowed = speckle(seed=6)
    shadowed[:, 100:] //= 4
    assert not find_bars(shadowed).any()


@pytest.mark.parametrize("shape", [(1, 1), (4, 30), (30, 4)])
@pytest.mark.parametrize("level", [0, 255])
def test_small_and_even_pictures_have_no_marks(shape: tuple[int, int], level: int) -> None:
    assert not find_overlays(np.full(shape, level, dtype=np.uint8)).any()
