"""Find the marks that an examiner or a scanner drew into the scan, and fill them from their surround."""

import numpy as np
from numpy.typing import NDArray

from sonomics.clean.overlays.bars import find_bars
from sonomics.clean.overlays.calipers import find_calipers
from sonomics.clean.overlays.dotted_lines import find_dotted_lines
from sonomics.clean.overlays.lettering import find_lettering
from sonomics.clean.overlays.probe_face import mark_probe_face
from sonomics.clean.overlays.sharp_marks import find_sharp_marks
from sonomics.imaging.brightness import Picture, brightest_channel
from sonomics.imaging.colour import mark_flow
from sonomics.imaging.inpainting import inpaint


def find_overlays(picture: Picture) -> NDArray[np.bool_]:
    """Find calipers, dotted lines, arrows, body marks, text and bars. Colour flow is left alone.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    (rows, columns) bool
        The marks and a margin of a pixel.
    """
    bright = brightest_channel(picture)
    marks = find_calipers(bright) | find_lettering(bright) | find_dotted_lines(bright) | find_bars(bright)
    marks |= find_sharp_marks(bright, marks)
    return marks & ~mark_flow(picture) & ~mark_probe_face(bright, marks)


def remove_overlays(picture: Picture) -> tuple[Picture, NDArray[np.bool_]]:
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
    return np.asarray(inpaint(picture, marks), dtype=np.uint8), marks
