"""Grey and colour bars: long strips whose rows are each of one level, which runs from bright to dark."""

import cv2
import numpy as np
from numpy.typing import NDArray

FLAT = 2
WIDTH, LENGTH = 5, 40
SLENDER = 3
FILLED = 0.7
RANGE = 80
WINDING = 2.2
STEP, EDGED = 20, 0.4
DARK = 12


def find_bars(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find upright and lying bars.

    Returns
    -------
    (rows, columns) bool
        Their bounding boxes and a margin of a pixel.
    """
    return _upright_bars(bright) | _upright_bars(np.ascontiguousarray(bright.T)).T


def _upright_bars(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    marks = np.zeros(bright.shape, dtype=bool)
    if bright.shape[0] < LENGTH or bright.shape[1] < WIDTH:
        return marks
    flat = np.zeros(bright.shape, dtype=np.uint8)
    flat[:, 1:] = (cv2.absdiff(bright[:, 1:], bright[:, :-1]) <= FLAT) & (bright[:, 1:] > DARK)
    strips = cv2.morphologyEx(flat, cv2.MORPH_OPEN, np.ones((LENGTH // 2, WIDTH - 1), np.uint8))
    if not strips.any():
        return marks
    count, _, boxes, _ = cv2.connectedComponentsWithStats(strips, connectivity=4)
    for left, top, width, height, area in boxes[1:count].tolist():
        slender = height >= max(LENGTH, SLENDER * width) and area >= FILLED * width * height
        if slender and _is_bar(bright[top : top + height], left, width):
            marks[max(top - 2, 0) : top + height + 2, max(left - 2, 0) : left + width + 1] = True
    return marks


def _is_bar(rows: NDArray[np.uint8], left: int, width: int) -> bool:
    """Tell whether levels wind smoothly from row to row and end abruptly at the sides."""
    inside = rows[:, left : left + width].astype(np.int16)
    level = np.median(inside, axis=1)
    span = np.ptp(level)
    outside = [rows[:, place] for place in (left - 4, left + width + 2) if 0 <= place < rows.shape[1]]
    edged = [np.mean(np.abs(side - level) >= STEP) >= EDGED for side in outside]
    return bool(span >= RANGE and np.abs(np.diff(level)).sum() <= WINDING * span and all(edged))
