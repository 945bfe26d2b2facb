"""Brightness and colour flow of a picture that may be grey or colour."""

import cv2
import numpy as np
from numpy.typing import NDArray

COLOURED = 60
GREENLESS = 0.75
THICK = 5
REACH = 5


def brightness(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the largest channel: a mark of pure colour is as bright as a white one.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    (rows, columns) uint8
    """
    return picture if picture.ndim == 2 else np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])


def flow(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find colour flow: red and blue pixels and their margin, if any patch of them is thicker than a drawn line.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    (rows, columns) bool
        All False in a grey picture.
    """
    if picture.ndim == 2:
        return np.zeros(picture.shape, dtype=bool)
    largest = brightness(picture)
    least = np.minimum(np.minimum(picture[..., 0], picture[..., 1]), picture[..., 2])
    hued = ((largest - least >= COLOURED) & (picture[..., 1] <= GREENLESS * largest)).astype(np.uint8)
    if not cv2.erode(hued, np.ones((THICK, THICK), np.uint8)).any():
        return np.zeros(largest.shape, dtype=bool)
    return cv2.dilate(hued, np.ones((REACH, REACH), np.uint8)).astype(bool)
