"""The bright face of a convex probe is no mark; whatever else is drawn stays one."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from sonomics.clean.overlays.probe_face import mark_probe_face
from sonomics.clean.overlays.remove import find_overlays, remove_overlays

MIDDLE, RADIUS = (200, -20), 60
ROWS, COLUMNS = 300, 400


@pytest.fixture
def sector() -> NDArray[np.uint8]:
    """Speckle below the face of a probe, drawn in white; black inside of it."""
    grey = np.random.default_rng(3).integers(50, 110, (ROWS, COLUMNS)).astype(np.uint8)
    picture = cv2.GaussianBlur(grey, (0, 0), 1.5)
    cv2.circle(picture, MIDDLE, RADIUS, 0, -1)
    cv2.circle(picture, MIDDLE, RADIUS, 250, 3)
    return np.asarray(picture, dtype=np.uint8)


def test_the_face_of_a_probe_stays(sector: NDArray[np.uint8]) -> None:
    assert not find_overlays(sector).any()
    np.testing.assert_array_equal(remove_overlays(sector)[0], sector)


def test_a_caliper_beside_the_face_goes_all_the_same(sector: NDArray[np.uint8]) -> None:
    cv2.line(sector, (193, 150), (207, 150), 250, 1)
    cv2.line(sector, (200, 143), (200, 157), 250, 1)
    marks = find_overlays(sector)
    assert marks[150, 195:206].all()
    assert not marks[:60].any()


def test_an_arc_drawn_into_tissue_is_a_mark(sector: NDArray[np.uint8]) -> None:
    drawn = np.full((ROWS, COLUMNS), 80, np.uint8)
    cv2.ellipse(drawn, (200, 60), (RADIUS, RADIUS), 0, 20, 160, 250, 3)
    marks = drawn == 250
    assert not mark_probe_face(drawn, marks).any()
    assert find_overlays(drawn)[marks].mean() > 0.9


def test_an_outline_round_a_cyst_is_a_mark() -> None:
    picture = np.full((ROWS, COLUMNS), 80, np.uint8)
    cv2.circle(picture, (200, 150), 50, 5, -1)
    cv2.circle(picture, (200, 150), 50, 250, 2)
    assert not mark_probe_face(picture, picture == 250).any()


def test_a_straight_line_above_black_is_a_mark(sector: NDArray[np.uint8]) -> None:
    sector[100:140] = 0
    cv2.line(sector, (120, 141), (280, 141), 250, 2)
    assert not mark_probe_face(sector, (sector == 250) & (np.arange(ROWS) > 120)[:, None]).any()
