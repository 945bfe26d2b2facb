"""Find lines of text: thin upright strokes of about one height, side by side.

Only the strokes are marked, since the tissue between letters is worth keeping. Export boxes whole lines instead
(`imaging/burned_in_text`), since no letter of a name may stay.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.clean.overlays.ridges import RIGHT, measure_ridge

# Conventions, not tuned: with them nothing is taken from 6 simulated stills and 12 breasts without marks, and 69 to
# 81 % of the pixels of pasted text are found (docs/clean.md). Grey levels are of 255.
HALF_WIDTHS = (2, 3)  # pixels from the middle of a stroke to its ground
SHORTEST_STROKE = 5  # pixels
CONTRAST = 18  # grey levels by which a stroke is brighter than its ground
FEWEST_STROKES = 3  # strokes of a text
GAP = 21  # pixels from one stroke to the next
TALLEST = 35  # pixels: height of a text
ONE_INK = 0.16  # median deviation of the strokes' levels, as a share of their height above the ground
ALIGNED = 2  # pixels: median deviation of the tops, or of the feet, of the strokes
FULL = 0.5  # share of the text's height that its tallest stroke has
MARGIN = (4, 14)  # pixels above and below, left and right of the strokes, within which their letters lie
BETWEEN, INKED = (
    0.5,
    0.85,
)  # shares of the way from ground to ink: a pixel of a letter, and the brightest of each letter


def find_lettering(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find text: at least `FEWEST_STROKES` thin upright strokes in a row, of one brightness, on one line.

    Parameters
    ----------
    bright : (rows, columns) uint8

    Returns
    -------
    (rows, columns) bool
        The letters and a margin of a pixel.
    """
    strokes = np.zeros(bright.shape, dtype=np.uint8)
    for half_width in HALF_WIDTHS:
        stands_out = (measure_ridge(bright, RIGHT, half_width) >= CONTRAST).astype(np.uint8)
        strokes[cv2.morphologyEx(stands_out, cv2.MORPH_OPEN, np.ones((SHORTEST_STROKE, 1), np.uint8)) > 0] = 1
    rows = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((1, GAP), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(rows, connectivity=8)
    marks = np.zeros(bright.shape, dtype=np.uint8)
    for number in range(1, count):
        left, top, width, height, _ = boxes[number].tolist()
        window = (slice(top, top + height), slice(left, left + width))
        row = np.where(labels[window] == number, strokes[window], 0)
        if height > TALLEST or width < height or not _is_text(bright[window], row):
            continue
        box = (
            slice(max(top - MARGIN[0], 0), top + height + MARGIN[0]),
            slice(max(left - MARGIN[1], 0), left + width + MARGIN[1]),
        )
        marks[box] |= _mark_letters(bright[box], float(np.median(bright[window][row > 0])))
    return cv2.dilate(marks, np.ones((3, 3), np.uint8)).astype(bool)


def _is_text(bright: NDArray[np.uint8], row: NDArray[np.uint8]) -> bool:
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(row, connectivity=8)
    if count - 1 < FEWEST_STROKES or boxes[1:, cv2.CC_STAT_HEIGHT].max() < FULL * len(row):
        return False
    tops = boxes[1:, cv2.CC_STAT_TOP]
    feet = tops + boxes[1:, cv2.CC_STAT_HEIGHT]
    levels = np.array([np.median(bright[labels == number]) for number in range(1, count)])
    allowed = ONE_INK * (np.median(levels) - np.median(bright))
    return bool(min(_scatter(tops), _scatter(feet)) <= ALIGNED and _scatter(levels) <= allowed)


def _scatter(values: NDArray[Any]) -> float:
    """Return the median distance from the median."""
    return float(np.median(np.abs(values - np.median(values))))


def _mark_letters(box: NDArray[np.uint8], ink: float) -> NDArray[np.uint8]:
    """Mark what is nearer ink than ground, if some of it is nearly ink."""
    ground = float(np.median(box))
    count, labels = cv2.connectedComponents((box >= ground + BETWEEN * (ink - ground)).astype(np.uint8), connectivity=8)
    inked = np.zeros(count, dtype=np.uint8)
    inked[np.unique(labels[box >= ground + INKED * (ink - ground)])] = 1
    inked[0] = 0
    return np.asarray(inked[labels])
