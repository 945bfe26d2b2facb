"""Find grey and colour bars: long strips whose rows are each of one level, which runs from bright to dark."""

import cv2
import numpy as np
from numpy.typing import NDArray

# Conventions, not tuned: with them nothing is taken from 6 simulated stills and 12 breasts without marks, and 96 % of
# the pixels of pasted bars are found (docs/clean.md). Grey levels are of 255.
FLAT = 2  # grey levels by which neighbours in a row differ at most
WIDTH, LENGTH = 5, 40  # pixels: the narrowest and the shortest strip
SLENDER = 3  # a strip is at least this many times as long as wide
FILLED = 0.7  # share of its box that a strip fills
RANGE = 80  # grey levels from the brightest to the darkest row
WINDING = 2.2  # sum of steps from row to row over that range: 1 for a ramp, 2 for one up and down
STEP, EDGED = (
    20,
    0.4,
)  # grey levels between a row and what lies next to the strip, and the share of rows that must differ
BLACK = 12  # grey levels: what is darker is ground, not a bar


def find_bars(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find upright and lying bars.

    Parameters
    ----------
    bright : (rows, columns) uint8

    Returns
    -------
    (rows, columns) bool
        Their bounding boxes and a margin of a pixel.
    """
    return _find_upright_bars(bright) | _find_upright_bars(np.ascontiguousarray(bright.T)).T


def _find_upright_bars(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    marks = np.zeros(bright.shape, dtype=bool)
    if bright.shape[0] < LENGTH or bright.shape[1] < WIDTH:
        return marks
    flat = np.zeros(bright.shape, dtype=np.uint8)
    flat[:, 1:] = (cv2.absdiff(bright[:, 1:], bright[:, :-1]) <= FLAT) & (bright[:, 1:] > BLACK)
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
    strip = rows[:, left : left + width].astype(np.int16)
    level = np.median(strip, axis=1)
    span = np.ptp(level)
    beside = [rows[:, column] for column in (left - 4, left + width + 2) if 0 <= column < rows.shape[1]]
    edged = [np.mean(np.abs(side - level) >= STEP) >= EDGED for side in beside]
    return bool(span >= RANGE and np.abs(np.diff(level)).sum() <= WINDING * span and all(edged))
