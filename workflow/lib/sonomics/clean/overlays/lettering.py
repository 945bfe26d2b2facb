"""Lines of text: thin upright strokes of about one height, side by side."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.clean.overlays.ridges import RIGHT, ridge

HALF_WIDTHS = (2, 3)
STROKE = 5
CONTRAST = 18
STROKES = 3
GAP = 21
TALLEST = 35
ALIKE = 0.16
ALIGNED = 2
FULL = 0.5
MARGIN = (4, 14)
BETWEEN, INKED = 0.5, 0.85


def find_lettering(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find texts: at least `STROKES` thin upright strokes in a row, of one brightness, on one line.

    Returns
    -------
    (rows, columns) bool
        The letters and a margin of a pixel.
    """
    strokes = np.zeros(bright.shape, dtype=np.uint8)
    for half_width in HALF_WIDTHS:
        stands_out = (ridge(bright, RIGHT, half_width) >= CONTRAST).astype(np.uint8)
        strokes[cv2.morphologyEx(stands_out, cv2.MORPH_OPEN, np.ones((STROKE, 1), np.uint8)) > 0] = 1
    rows = cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, np.ones((1, GAP), np.uint8))
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(rows, connectivity=8)
    marks = np.zeros(bright.shape, dtype=np.uint8)
    for number in range(1, count):
        left, top, width, height, _ = boxes[number].tolist()
        place = (slice(top, top + height), slice(left, left + width))
        row = np.where(labels[place] == number, strokes[place], 0)
        if height > TALLEST or width < height or not _is_text(bright[place], row):
            continue
        box = (
            slice(max(top - MARGIN[0], 0), top + height + MARGIN[0]),
            slice(max(left - MARGIN[1], 0), left + width + MARGIN[1]),
        )
        marks[box] |= _letters(bright[box], float(np.median(bright[place][row > 0])))
    return cv2.dilate(marks, np.ones((3, 3), np.uint8)).astype(bool)


def _is_text(bright: NDArray[np.uint8], row: NDArray[np.uint8]) -> bool:
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(row, connectivity=8)
    if count - 1 < STROKES or boxes[1:, cv2.CC_STAT_HEIGHT].max() < FULL * len(row):
        return False
    tops = boxes[1:, cv2.CC_STAT_TOP]
    feet = tops + boxes[1:, cv2.CC_STAT_HEIGHT]
    levels = np.array([np.median(bright[labels == number]) for number in range(1, count)])
    allowed = ALIKE * (np.median(levels) - np.median(bright))
    return bool(min(_scatter(tops), _scatter(feet)) <= ALIGNED and _scatter(levels) <= allowed)


def _scatter(values: NDArray[Any]) -> float:
    """Return the median distance from the median."""
    return float(np.median(np.abs(values - np.median(values))))


def _letters(box: NDArray[np.uint8], ink: float) -> NDArray[np.uint8]:
    """Take what is nearer ink than ground, if some of it is nearly ink."""
    ground = float(np.median(box))
    count, labels = cv2.connectedComponents((box >= ground + BETWEEN * (ink - ground)).astype(np.uint8), connectivity=8)
    inked = np.zeros(count, dtype=np.uint8)
    inked[np.unique(labels[box >= ground + INKED * (ink - ground)])] = 1
    inked[0] = 0
    return inked[labels]
