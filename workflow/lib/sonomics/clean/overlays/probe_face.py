"""Find the face of a convex probe: a bright arc of a circle with nothing but black inside, as sharp as ink."""

import cv2
import numpy as np
from numpy.typing import NDArray

# Conventions, looked at on 128 OTU images, of which 16 lost the face before (docs/clean.md). Grey levels are of 255.
SHORTEST, WIDEST = 0.04, 0.6  # width of an arc, as a share of the picture's
ROUND = 2.5  # pixels: SD of the distances from the middle of the circle
SMALLEST, LARGEST = 12.0, 2.0  # radius: in pixels, and as a multiple of the picture's width
HALF_ANGLE = 100.0  # degrees from straight down
NEAR = 6.0  # pixels from the arc within which other marks are on it
INSIDE, OUTSIDE = (9, 14), (9, 18)  # pixels from the arc of what is looked at on either side
BLACK, LIT = 16, 24  # grey levels: median inside at most, and outside at least

Floats = NDArray[np.float64]
# Row and column of the middle, radius, and the angles of its pixels from straight down, in degrees.
Arc = tuple[float, float, float, Floats]


def mark_probe_face(bright: NDArray[np.uint8], marks: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark which of the marks are the face of the probe.

    A long mark that bends downwards along a circle (within `ROUND` pixels), black inside and lit outside, is a face;
    and so are the other marks on that arc.

    Parameters
    ----------
    bright : (rows, columns) uint8
    marks : (rows, columns) bool

    Returns
    -------
    (rows, columns) bool
    """
    face = np.zeros(marks.shape, dtype=bool)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(marks.astype(np.uint8), connectivity=8)
    columns = marks.shape[1]
    for number in range(1, count):
        if not SHORTEST * columns <= boxes[number, cv2.CC_STAT_WIDTH] <= WIDEST * columns:
            continue
        at_rows, at_columns = np.nonzero(labels == number)
        row, column, radius = _fit_circle(at_rows.astype(np.float64), at_columns.astype(np.float64))
        if not SMALLEST <= radius <= LARGEST * columns:
            continue
        reach = np.hypot(at_rows - row, at_columns - column)
        angles = np.degrees(np.arctan2(at_columns - column, at_rows - row))
        bends = np.std(reach) <= ROUND and np.abs(angles).max() <= HALF_ANGLE
        arc = (row, column, radius, angles)
        if (
            bends
            and _median_beside(bright, arc, INSIDE, -1) <= BLACK
            and _median_beside(bright, arc, OUTSIDE, 1) >= LIT
        ):
            face |= _mark_near(marks.shape, arc)
    return face & marks


def _fit_circle(rows: Floats, columns: Floats) -> tuple[float, float, float]:
    """Fit a circle by least squares (Kasa, IEEE Trans Instrum Meas 1976): row and column of its middle, radius."""
    terms = np.column_stack([rows, columns, np.ones_like(rows)])
    (a, b, c), *_ = np.linalg.lstsq(terms, rows**2 + columns**2, rcond=None)
    return a / 2, b / 2, float(np.sqrt(max(c + (a / 2) ** 2 + (b / 2) ** 2, 0)))


def _median_beside(bright: NDArray[np.uint8], arc: Arc, steps: tuple[int, int], side: int) -> float:
    """Return the median level beside an arc; what lies beyond the picture is black."""
    row, column, radius, angles = arc
    turned = np.radians(np.linspace(angles.min(), angles.max(), 32))
    reach = radius + side * np.arange(*steps)[:, None]
    at = np.rint(row + reach * np.cos(turned)).astype(int), np.rint(column + reach * np.sin(turned)).astype(int)
    within = (at[0] >= 0) & (at[1] >= 0) & (at[0] < bright.shape[0]) & (at[1] < bright.shape[1])
    levels = np.zeros(within.shape)
    levels[within] = bright[at[0][within], at[1][within]]
    return float(np.median(levels))


def _mark_near(shape: tuple[int, ...], arc: Arc) -> NDArray[np.bool_]:
    rows, columns = np.indices(shape)
    near = np.abs(np.hypot(rows - arc[0], columns - arc[1]) - arc[2]) <= NEAR
    below = np.abs(np.degrees(np.arctan2(columns - arc[1], rows - arc[0]))) <= HALF_ANGLE
    return np.asarray(near & below)
