"""Colour in a picture: how vivid it is, and whether it is Doppler flow.

Three questions, three answers. `mark_solid_colour` keeps the search for text out of branching flow. `mark_flow` keeps
flow from being inpainted as a drawn mark. `flow_share` decides whether an image shows flow at all.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.brightness import Picture, Pixels, brightest_channel

# Grey levels of 255 between the largest and the smallest channel from which a pixel is coloured (`mark_solid_colour`
# asks for more than this).
VIVID = 60

# mark_solid_colour, pixels: side of the smallest solid patch, and of the square around it within which colour counts.
# Conventions.
SOLID, NEIGHBOURHOOD = 7, 31

# mark_flow: the largest share of the brightest channel that green may have (yellow, green and cyan marks have more);
# pixels: side of a patch that no drawn line fills, and of the margin around flow. Conventions.
GREENLESS = 0.75
THICKER_THAN_A_LINE, MARGIN = 5, 5

# flow_share and shows_flow; chosen on the 17 DICOM files and 153 pictures that docs/clean.md names. A fifth more or
# less of VIVID changes the answer for 5 or 13 of 146 real scans, of FILLED for 2 or 7, of THICK for 3, of any other
# limit for 2 at most (benchmarks/thresholds.py).
LIT = 40  # grey levels: a pixel that shows something
TINTED = 0.7  # share of lit pixels that are coloured from which the whole scan is tinted
THICK = 0.009  # share of the scan's shorter side: an area of flow is thicker than coloured lines and text
RING = 3  # pixels around an area that must hold echoes
ECHOES = 20  # grey levels: least median of that ring
SHADED = 4.0  # grey levels: least SD of a channel within an area; a drawn patch has one colour
FILLED, LONG = 0.9, 4  # a bar fills this share of its box, and is this many times as long as wide
MARK_HUES, ONE_HUE = (45, 190), 12  # degrees: yellow to cyan, and the spread of quartiles of a mark of one hue
LEAST_FLOW = 0.0022  # share of the scan from which an image shows flow


def channel_spread(picture: Picture) -> NDArray[np.uint8]:
    """Return the largest minus the smallest channel of each pixel: 0 for grey, 255 for a pure colour.

    Parameters
    ----------
    picture : (rows, columns, 3) uint8
    """
    smallest = np.minimum(np.minimum(picture[..., 0], picture[..., 1]), picture[..., 2])
    return np.asarray(brightest_channel(picture) - smallest, dtype=np.uint8)


def mark_solid_colour(frame: Pixels) -> NDArray[np.uint8]:
    """Mark coloured pixels in and beside solid colour.

    Parameters
    ----------
    frame : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    (rows, columns) uint8
        1 where there is colour; 0 throughout for grey.
    """
    if frame.ndim == 2:
        return np.zeros(frame.shape, dtype=np.uint8)
    coloured = (channel_spread(np.asarray(frame, dtype=np.uint8)) > VIVID).astype(np.uint8)
    solid = cv2.morphologyEx(coloured, cv2.MORPH_OPEN, np.ones((SOLID, SOLID), dtype=np.uint8))
    near = np.asarray(cv2.dilate(solid, np.ones((NEIGHBOURHOOD, NEIGHBOURHOOD), dtype=np.uint8)), dtype=np.uint8)
    return np.asarray(coloured & near)


def mark_flow(picture: Picture) -> NDArray[np.bool_]:
    """Mark red and blue pixels and their margin, if any patch of them is thicker than a drawn line.

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
    greenless = picture[..., 1] <= GREENLESS * brightest_channel(picture)
    hued = ((channel_spread(picture) >= VIVID) & greenless).astype(np.uint8)
    if not cv2.erode(hued, np.ones((THICKER_THAN_A_LINE, THICKER_THAN_A_LINE), np.uint8)).any():
        return np.zeros(hued.shape, dtype=bool)
    return cv2.dilate(hued, np.ones((MARGIN, MARGIN), np.uint8)).astype(bool)


def flow_share(scan: Picture) -> float:
    """Measure how much of a scan is painted with flow.

    Flow is vivid colour in areas thicker than coloured lines and text; shaded and not a long plain rectangle, which
    leaves out logos and bars; not all of one green or yellow, which leaves out marks; and surrounded by echoes, which
    leaves out what stands beside the scan. A scan that is coloured nearly throughout (70 % of its lit pixels) is a
    tinted grey map, a contrast map or a 3-D rendering: 0.

    Parameters
    ----------
    scan : (rows, columns) or (rows, columns, 3) uint8

    Returns
    -------
    float
        Share of the scan's pixels; 0 for grey.
    """
    if scan.ndim == 2:
        return 0.0
    brightest = brightest_channel(scan)
    vivid = (channel_spread(scan) >= VIVID).astype(np.uint8)
    lit = brightest >= LIT
    if not vivid.any() or vivid[lit].mean() >= TINTED:
        return 0.0
    side = max(3, round(THICK * min(brightest.shape)))
    thick = cv2.morphologyEx(vivid, cv2.MORPH_OPEN, np.ones((side, side), np.uint8))
    _, labels, boxes, _ = cv2.connectedComponentsWithStats(thick)
    painted = 0
    for label, (left, top, width, height, pixels) in enumerate(boxes[1:].tolist(), start=1):
        window = np.s_[max(0, top - RING) : top + height + RING, max(0, left - RING) : left + width + RING]
        bar = pixels >= FILLED * width * height and max(width, height) >= LONG * min(width, height)
        if not bar and _is_flow(scan[window], labels[window] == label):
            painted += pixels
    return painted / labels.size


def shows_flow(share: float) -> bool:
    """Tell whether a share from `flow_share` is flow: 0.22 % of the scan or more."""
    return share >= LEAST_FLOW


def _is_flow(scan: Picture, area: NDArray[np.bool_]) -> bool:
    """Tell whether a vivid area is shaded, lies among echoes, and is not of the one green or yellow of a mark."""
    ring = cv2.dilate(area.astype(np.uint8), np.ones((2 * RING + 1, 2 * RING + 1), np.uint8)).astype(bool) & ~area
    colours = scan[area]
    if not ring.any() or np.median(brightest_channel(scan)[ring]) < ECHOES or colours.std(axis=0).max() < SHADED:
        return False
    hue = 2.0 * cv2.cvtColor(colours[None], cv2.COLOR_RGB2HSV)[0, :, 0]
    low, middle, high = np.percentile(hue, [25, 50, 75])
    return not (MARK_HUES[0] <= middle <= MARK_HUES[1] and high - low < ONE_HUE)
