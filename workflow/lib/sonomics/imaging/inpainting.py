"""Fill marked pixels from what surrounds them."""

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.brightness import Pixels

# Pixels around a marked one that its value is taken from: the value of OpenCV's own example; not tuned. A stroke is a
# few pixels wide, so that its whole width is reached from both sides.
RADIUS = 3


def inpaint(picture: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """Fill the masked pixels of a picture from their surround (Telea, J Graphics Tools 2004).

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8 or, without colour, uint16
    mask : (rows, columns) bool

    Returns
    -------
    array of the same shape and type
        Pixels outside the mask are untouched; the picture itself when the mask is empty.
    """
    if not mask.any():
        return picture
    return cast(Pixels, cv2.inpaint(picture, mask.astype(np.uint8), RADIUS, cv2.INPAINT_TELEA))


def inpaint_frames(frames: Pixels, mask: NDArray[np.bool_]) -> Pixels:
    """Fill the same pixels of every frame, as `inpaint` does of one.

    Parameters
    ----------
    frames : (n, rows, columns) or (n, rows, columns, 3) uint8 or uint16
    mask : (rows, columns) bool
    """
    if not mask.any():
        return frames
    filled = frames.copy()
    for number, frame in enumerate(frames):
        filled[number] = inpaint(frame, mask)
    return filled
