"""Where on a frame a scan is, when its file does not say so.

Two detectors, since their errors differ in weight. Export blanks what is outside, for good: `detect_echoes` keeps every
solid area of echoes. Clean cuts an image out: `detect_scans` takes the scan whole, with its smooth parts, and leaves
drawn areas behind.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.boxes import Box, boxes_around_parts

SECTOR, RECTANGLE, WHOLE = "sector", "rectangle", "whole"
# Conventions, not tuned. Of 53 real frames a fifth more or less of GAP or THINNEST moves the boxes (they overlap by
# less than 98 %) on 6 to 25 %, of the black levels, SMOOTH or NEARLY_EVERYTHING on 4 to 15 %, of the others on 2 % at
# most (benchmarks/thresholds.py).
# Pixels: a narrower scan shows nothing to measure.
SMALLEST_SIDE = 24
# Parts of the frame's shorter side: gaps up to 1/50 of it are closed (the dark grain of speckle), areas thinner than
# 1/12 of it are dropped (lines of text, bars).
GAP, THINNEST = 50, 12
# Two areas are views of one display when the smaller is at least this share of the larger, in height and in width.
TWIN = 0.6
# Grey levels of 255 up to which a pixel is black ground, for either detector.
BLACK_BESIDE_ECHOES, BLACK_BESIDE_SCAN = 4, 6
# Grey levels of 255 by which neighbours of an echo differ at least; a bar of one colour or a slow ramp differs less.
SMOOTH = 2
# Grey level of 255 from which an even area may be a saturated part of the scan, and not a banner or button.
WHITE = 250
# Share of the frame from which a box is taken for all of it.
NEARLY_EVERYTHING = 0.9
# Share of its box that a lit area fills from which it is a rectangle; a sector leaves the corners out.
STRAIGHT = 0.93


def detect_echoes(brightest: NDArray[np.uint8]) -> tuple[Box, ...]:
    """Find the largest solid area that is bright and rough, and others of about its height and width.

    Parameters
    ----------
    brightest : (rows, columns) uint8

    Returns
    -------
    tuple of Box
        From left to right; the whole frame when there is no such area.
    """
    rows, columns = brightest.shape
    steps = cv2.morphologyEx(brightest, cv2.MORPH_GRADIENT, np.ones((3, 3), dtype=np.uint8))
    areas = solid_areas((brightest > BLACK_BESIDE_ECHOES) & (steps > SMOOTH))
    if not areas:
        return (Box(0, 0, rows, columns),)
    largest, _ = max(areas, key=lambda area: area[1])
    twins = (box for box, _ in areas if similar_in_size(box, largest))
    return tuple(sorted(twins, key=lambda box: (box.left, box.top)))


def detect_scans(frame: NDArray[np.uint8]) -> tuple[tuple[Box, ...], str]:
    """Find the scan as the largest connected bright area, and its twins where some lie beside it.

    Areas of exactly one grey level are drawn (banners, buttons), not scanned, unless they are white.

    Parameters
    ----------
    frame : (rows, columns) uint8

    Returns
    -------
    tuple of Box, str
        From left to right, and the shape of the first: `rectangle` when the lit area fills its box, else `sector`. The
        whole frame, `whole`, when the box covers nearly all of it or nothing is bright.
    """
    rows, columns = frame.shape
    whole = (Box(0, 0, rows, columns),), WHOLE
    around = np.ones((3, 3), np.uint8)
    even = cv2.dilate(frame, around) == cv2.erode(frame, around)
    areas = solid_areas((frame > BLACK_BESIDE_SCAN) & ~(even & (frame < WHITE)))
    if not areas:
        return whole
    largest_first = sorted(areas, key=lambda area: area[1])[::-1]
    (largest, lit), *others = largest_first
    if largest.area >= NEARLY_EVERYTHING * rows * columns or min(largest.sides) < SMALLEST_SIDE:
        return whole
    views = [largest, *(box for box, _ in others if _are_dual_view(largest, box))]
    shape = RECTANGLE if lit >= STRAIGHT * largest.area else SECTOR
    return tuple(sorted(views, key=lambda box: box.left)), shape


def solid_areas(bright: NDArray[np.bool_]) -> list[tuple[Box, int]]:
    """Find solid areas of bright pixels: gaps closed, thin parts dropped.

    Returns
    -------
    list of (Box, int)
        The box around each, and its number of pixels.
    """
    side = min(bright.shape)
    closed = cv2.morphologyEx(bright.astype(np.uint8), cv2.MORPH_CLOSE, _disc(side // GAP))
    thick = cv2.morphologyEx(closed, cv2.MORPH_OPEN, _disc(side // THINNEST))
    return boxes_around_parts(np.asarray(thick, dtype=np.bool_))


def similar_in_size(one: Box, other: Box) -> bool:
    """Tell whether two boxes are of about the same height and width."""
    return all(min(pair) >= TWIN * max(pair) for pair in zip(one.sides, other.sides, strict=True))


def _are_dual_view(one: Box, other: Box) -> bool:
    """Tell whether two boxes are a dual view: side by side, of about the same height and width."""
    apart = other.left >= one.right or one.left >= other.right
    tallest = max(one.sides[0], other.sides[0])
    level = min(one.bottom, other.bottom) - max(one.top, other.top) >= TWIN * tallest
    return apart and similar_in_size(one, other) and level


def _disc(diameter: int) -> NDArray[np.uint8]:
    odd = max(3, diameter | 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (odd, odd)), dtype=np.uint8)
