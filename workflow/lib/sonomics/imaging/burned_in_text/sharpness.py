"""Tell text from tissue: letters are sharper than what is around them."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.boxes import Box

# pixels around an area that are its surround, and the percentile of edges that is compared
SURROUND, STRONGEST = 16, 95


def measure_edges(level: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Return the size of the second derivative of each pixel, which is large at the edges of drawn lines alone.

    Parameters
    ----------
    level : (rows, columns) uint8
    """
    return np.asarray(np.abs(cv2.Laplacian(level, cv2.CV_16S)), dtype=np.int16)


def surround(box: Box, shape: tuple[int, ...]) -> Box:
    """Return a box with its surround, clipped to a frame of a shape."""
    rows, columns = shape[0], shape[1]
    top, bottom = np.clip((box.top - SURROUND, box.bottom + SURROUND), 0, rows).tolist()
    left, right = np.clip((box.left - SURROUND, box.right + SURROUND), 0, columns).tolist()
    return Box(top, left, bottom, right)


def is_sharp(edges: NDArray[np.int16], inside: NDArray[np.bool_], times: float) -> bool:
    """Tell whether the strongest edges inside an area are so many times as strong as those around it.

    Parameters
    ----------
    edges : (rows, columns) int16
        From `measure_edges`, of the area and its surround.
    inside : (rows, columns) bool
        The area. One that fills everything is sharp, since there is nothing to compare it with; an empty one is not.
    times : float
    """
    if inside.all() or not inside.any():
        return bool(inside.any())
    within, around = (np.percentile(edges[part], STRONGEST) for part in (inside, ~inside))
    return bool(within >= times * (around + 1))


def is_box_sharp(edges: NDArray[np.int16], box: Box, times: float) -> bool:
    """Tell whether the strongest edges in a box are so many times as strong as those around it.

    Parameters
    ----------
    edges : (rows, columns) int16
        From `measure_edges`, of the whole frame.
    box : Box
    times : float
    """
    wider = surround(box, edges.shape)
    inside = np.zeros(wider.sides, dtype=np.bool_)
    inside[box.top - wider.top : box.bottom - wider.top, box.left - wider.left : box.right - wider.left] = True
    return is_sharp(edges[wider.window], inside, times)
