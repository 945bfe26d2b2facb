"""Grey levels of a picture that may be grey or colour."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# (rows, columns) or, in colour, (rows, columns, 3) with red first.
Picture = NDArray[np.uint8]
Pixels = NDArray[np.uint8] | NDArray[np.uint16]

# Share of the pixels above 0 that may be brighter than the range that a frame uses: a dead pixel, a white caption. A
# convention.
OUTLIERS = 0.001


def brightest_channel(picture: Pixels) -> NDArray[np.uint8]:
    """Return the largest of red, green and blue of each pixel: a mark of pure colour is as bright as a white one.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8 or uint16

    Returns
    -------
    (rows, columns) uint8
        Of 16 bits the levels up to `find_top_level` are scaled, and brighter ones are 255.
    """
    grey = picture if picture.ndim == 2 else _largest_channel(picture)
    if grey.dtype == np.uint16:
        scaled = np.rint(grey * (255.0 / find_top_level(grey)))
        return np.asarray(np.minimum(scaled, 255), dtype=np.uint8)
    return np.asarray(grey, dtype=np.uint8)


def find_top_level(grey: NDArray[np.integer[Any]]) -> int:
    """Find the top of the range that a frame uses, so that single bright pixels do not darken all others.

    Parameters
    ----------
    grey : (rows, columns) unsigned int

    Returns
    -------
    int
        The least power of two, less one, that is not below 99.9 % of the levels above 0; 255 at least. Powers of two,
        since devices write whole bits, and frames of one device then share a scale.
    """
    lit = grey[grey > 0]
    highest = int(np.quantile(lit, 1 - OUTLIERS, method="lower")) if lit.size else 0
    return max((1 << highest.bit_length()) - 1, 255)


def luma(picture: Picture) -> NDArray[np.uint8]:
    """Convert colour to luma (ITU-R BT.601); grey stays as it is."""
    return picture if picture.ndim == 2 else np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _largest_channel(picture: Pixels) -> Pixels:
    return np.maximum(np.maximum(picture[..., 0], picture[..., 1]), picture[..., 2])
