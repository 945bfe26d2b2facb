"""Grey levels of a picture that may be grey or colour."""

import cv2
import numpy as np
from numpy.typing import NDArray

# (rows, columns) or, in colour, (rows, columns, 3) with red first.
Picture = NDArray[np.uint8]
Pixels = NDArray[np.uint8] | NDArray[np.uint16]


def brightest_channel(picture: Pixels) -> NDArray[np.uint8]:
    """Return the largest of red, green and blue of each pixel: a mark of pure colour is as bright as a white one.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8 or uint16

    Returns
    -------
    (rows, columns) uint8
        Of 16 bits the brightest pixel becomes 255.
    """
    grey = picture if picture.ndim == 2 else _largest_channel(picture)
    if grey.dtype == np.uint16:
        return np.asarray(np.rint(grey * (255.0 / max(int(grey.max()), 1))), dtype=np.uint8)
    return np.asarray(grey, dtype=np.uint8)


def luma(picture: Picture) -> NDArray[np.uint8]:
    """Convert colour to luma (ITU-R BT.601); grey stays as it is."""
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _largest_channel(picture: Pixels) -> Pixels:
    return np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])
