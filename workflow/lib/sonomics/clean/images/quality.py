"""Measure the quality of an image by three scores."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

# Conventions, parts of the scores' definitions; grey levels are of 255.
DARK = 6  # grey levels up to which a pixel is black ground
WHITE = 254  # grey level from which a pixel is saturated
FAINT = 0.15  # share of the median below which a cell is dark
CELL, RIM = 8, 7  # pixels: side of a cell, and of the square by which the area's rim is cut off


@dataclass(frozen=True)
class Quality:
    """Scores of one scan, over its lit area: the convex hull of everything brighter than 6 grey levels.

    Attributes
    ----------
    sharpness : float
        Variance of the Laplacian over the variance of the grey levels: near 0 for a blurred image, above 1 for one of
        single-pixel noise; the gain cancels out. NaN for a constant image.
    saturation : float
        Share of pixels that are white (254 or more): what is lost at the upper end.
    shadow : float
        Share of pixels that are dark all the way down to the lower end of the area (mean of 8 x 8 pixels below 15 % of
        the area's median): acoustic shadow, lost contact, or a beam that did not reach so deep. A cyst does not count,
        for there are echoes below.
    """

    sharpness: float
    saturation: float
    shadow: float


UNDEFINED = Quality(float("nan"), float("nan"), float("nan"))


def measure_quality(scan: NDArray[np.uint8]) -> Quality:
    """Measure the quality scores of a scan.

    Parameters
    ----------
    scan : (rows, columns) uint8

    Returns
    -------
    Quality
        NaN throughout when nothing is lit.
    """
    area = _find_lit_area(scan)
    levels = scan[area]
    if levels.size == 0 or levels.std() == 0:
        return UNDEFINED
    # The edge between the area and the black around it is not detail of the scan.
    core = cv2.erode(area.astype(np.uint8), np.ones((RIM, RIM), np.uint8), borderValue=1).astype(bool)
    edges = cv2.Laplacian(scan, cv2.CV_32F)[core]
    return Quality(
        sharpness=float(edges.var() / levels.var()) if edges.size else float("nan"),
        saturation=float((levels >= WHITE).mean()),
        shadow=_measure_shadow(scan, area, float(np.median(levels))),
    )


def _find_lit_area(scan: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Fill the convex hull of the bright pixels, single ones left out."""
    bright = cv2.morphologyEx((scan > DARK).astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    area = np.zeros(scan.shape, dtype=np.uint8)
    rows = np.flatnonzero(bright.any(axis=1))
    if rows.size:
        # The first and the last pixel of each row are all that a hull depends on.
        first = bright[rows].argmax(axis=1)
        last = scan.shape[1] - 1 - bright[rows, ::-1].argmax(axis=1)
        ends = np.concatenate([np.stack([first, rows], axis=1), np.stack([last, rows], axis=1)])
        cv2.fillConvexPoly(area, cv2.convexHull(ends.astype(np.int32)), 1)
    return area.astype(bool)


def _measure_shadow(scan: NDArray[np.uint8], area: NDArray[np.bool_], median: float) -> float:
    size = (max(1, scan.shape[1] // CELL), max(1, scan.shape[0] // CELL))
    mean = cv2.resize(scan, size, interpolation=cv2.INTER_AREA)
    in_area = cv2.resize(area.astype(np.uint8), size, interpolation=cv2.INTER_AREA) > 0
    dark = (mean < FAINT * median) | ~in_area
    to_the_end = np.logical_and.accumulate(dark[::-1], axis=0)[::-1]
    return float((to_the_end & in_area).sum() / in_area.sum())
