"""Find caliper crosses: four thin arms of one brightness that meet, upright or turned by 45 degrees."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.clean.overlays.ridges import DOWN, FALLING, RIGHT, RISING, Direction, Ridge, measure_ridge, shift

# Grey levels of 255 by which the weakest arm of a cross stands out at least. No echo has four such arms: on 12 breast
# images without marks the weakest arm of any place is below 11 levels upright and below 24 turned.
UPRIGHT, TURNED = 25, 40
# Pixels from the middle: where an arm begins and ends that a cross must have (so a cross with an open middle counts),
# and how far it is followed at most. Conventions.
INNER, OUTER, LONGEST = 2, 4, 12
# Share of its strength below which an arm has ended; a convention.
FADED = 0.4


def find_calipers(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find crosses by their weakest arm.

    An arm is a ridge from `INNER` to `OUTER` pixels off the middle.

    Parameters
    ----------
    bright : (rows, columns) uint8

    Returns
    -------
    (rows, columns) bool
        Arms as long as they stand out, and a margin of a pixel.
    """
    marks = np.zeros(bright.shape, dtype=np.uint8)
    for weakest, half_width, axes in ((UPRIGHT, 3, (DOWN, RIGHT)), (TURNED, 2, (FALLING, RISING))):
        ridges = {axis: measure_ridge(bright, (axis[1], -axis[0]), half_width) for axis in axes}
        arms = {axis: (_average_arm(ridges[axis], axis, 1), _average_arm(ridges[axis], axis, -1)) for axis in axes}
        strength = np.minimum.reduce([arm for pair in arms.values() for arm in pair])
        peaks = (strength >= weakest) & (strength == cv2.dilate(strength, np.ones((5, 5), np.uint8)))
        for row, column in np.argwhere(peaks).tolist():
            for axis in axes:
                for side, arm in zip((1, -1), arms[axis], strict=True):
                    _draw_arm(marks, ridges[axis], (row, column), (side * axis[0], side * axis[1]), arm[row, column])
    return cv2.dilate(marks, np.ones((3, 3), np.uint8)).astype(bool)


def _average_arm(field: Ridge, axis: Direction, side: int) -> Ridge:
    """Average a ridge over the arm that starts at every pixel."""
    total = shift(field, axis, side * INNER).copy()
    for steps in range(INNER + 1, OUTER + 1):
        total += shift(field, axis, side * steps)
    return total // (OUTER - INNER + 1)


def _draw_arm(marks: NDArray[np.uint8], field: Ridge, at: tuple[int, int], step: Direction, strength: int) -> None:
    """Draw an arm as long as it stands out."""
    reached = OUTER
    for steps in range(OUTER + 1, LONGEST + 1):
        row, column = at[0] + steps * step[0], at[1] + steps * step[1]
        if not (0 <= row < field.shape[0] and 0 <= column < field.shape[1]) or field[row, column] < FADED * strength:
            break
        reached = steps
    ends = (at[1] + reached * step[1], at[0] + reached * step[0])
    cv2.line(marks, (at[1], at[0]), ends, 1, 1)
