"""Marks that an examiner or a scanner drew into the scan: found, and filled from their surround."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.clean.overlays.bars import find_bars
from sonomics.clean.overlays.calipers import find_calipers
from sonomics.clean.overlays.dotted_lines import find_dotted_lines
from sonomics.clean.overlays.lettering import find_lettering
from sonomics.clean.overlays.probe_face import on_face
from sonomics.clean.overlays.sharp_marks import find_sharp
from sonomics.imaging.colour import brightness, flow

RADIUS = 3


def find_overlays(picture: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find calipers, dotted lines, arrows, body marks, texts and bars. Colour flow is none of them.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    (rows, columns) bool
        The marks and a margin of a pixel.
    """
    bright = brightness(picture)
    marks = find_calipers(bright) | find_lettering(bright) | find_dotted_lines(bright) | find_bars(bright)
    marks |= find_sharp(bright, marks)
    return marks & ~flow(picture) & ~on_face(bright, marks)


def remove_overlays(picture: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """Fill the marks from their surround (Telea, 2004).

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    uint8 array of the picture's shape, (rows, columns) bool
        The picture without marks, and where it was filled.
    """
    marks = find_overlays(picture)
    if not marks.any():
        return picture, marks
    return np.asarray(cv2.inpaint(picture, marks.astype(np.uint8), RADIUS, cv2.INPAINT_TELEA), dtype=np.uint8), marks
