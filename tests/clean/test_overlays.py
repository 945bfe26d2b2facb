"""Drawn marks go, echoes stay."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.clean.overlays import find_overlays, remove_overlays


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
