"""Measure straight thin lines that are brighter than what lies on both their sides."""

import cv2
import numpy as np
from numpy.typing import NDArray

Ridge = NDArray[np.int16]
Direction = tuple[int, int]

DOWN, RIGHT, FALLING, RISING = (1, 0), (0, 1), (1, 1), (-1, 1)


def shift(field: Ridge, direction: Direction, steps: int) -> Ridge:
    """Shift a field so that every pixel holds what lies some steps ahead of it; the border is repeated.

    Parameters
    ----------
    field : (rows, columns) array
    direction : (int, int)
        Rows and columns of one step.
    steps : int
        Negative: backwards.
    """
    border = abs(steps)
    wide = cv2.copyMakeBorder(field, border, border, border, border, cv2.BORDER_REPLICATE)
    top, left = border + steps * direction[0], border + steps * direction[1]
    return np.asarray(wide[top : top + field.shape[0], left : left + field.shape[1]], dtype=np.int16)


def measure_ridge(bright: NDArray[np.uint8], across: Direction, half_width: int) -> Ridge:
    """Measure by how much every pixel is brighter than the brighter of two pixels on either side of it.

    Parameters
    ----------
    bright : (rows, columns) uint8
    across : (int, int)
        Direction from one side to the other.
    half_width : int
        Steps to either side.

    Returns
    -------
    (rows, columns) int16
    """
    levels = bright.astype(np.int16)
    return levels - np.maximum(shift(levels, across, half_width), shift(levels, across, -half_width))
