"""Which part of an image is analysed, and the crop around it."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines.drawings import Mask, RefusedError

MIN_MARGIN = 2

Settings = Mapping[str, Any]


def lesion(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Analyse what the reader outlined."""
    return outline


def whole(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Analyse the whole image; it still takes an outline, so that the images are those of the main run."""
    return np.ones_like(outline)


def ring(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Analyse what surrounds the lesion: a ring as wide as `ring` times the diameter of a disc of the lesion's area.

    Black pixels, beyond the scan, are left out.

    Raises
    ------
    RefusedError
        `no_background` when nothing is left.
    """
    width = settings["ring"] * diameter(outline)
    distance = cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    around: Mask = ~outline & (distance <= width) & (pixels > 0)
    if not around.any():
        raise RefusedError("no_background")
    return around


def background(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Analyse tissue beside the lesion, a negative control: the outline's shape, shifted off itself.

    Returns
    -------
    (rows, columns) bool array
        Of the eight places around the lesion that lie in the image, the one with the most pixels that are not black;
        beside comes before below and above.

    Raises
    ------
    RefusedError
        `no_background` when none lies in the image, or none shows tissue in half of its pixels.
    """
    rows, columns = bounding_box(outline, margin=0)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    best, most = outline, outline.sum() / 2
    shape = outline[rows, columns]
    for down, right in product((0, 1, -1), (1, -1, 0)):
        top, left = rows.start + down * (height + MIN_MARGIN), columns.start + right * (width + MIN_MARGIN)
        inside = top >= 0 and left >= 0 and top + height <= outline.shape[0] and left + width <= outline.shape[1]
        if not inside or down == right == 0:
            continue
        candidate = np.zeros_like(outline)
        candidate[top : top + height, left : left + width] = shape
        if (tissue := np.count_nonzero(pixels[candidate])) > most:
            best, most = candidate, tissue
    if best is outline:
        raise RefusedError("no_background")
    return best


REGIONS = {"lesion": lesion, "ring": ring, "background": background, "whole": whole}


def diameter(region: Mask) -> float:
    """Return the diameter in pixels of a disc of a region's area."""
    return float(np.sqrt(4 * np.count_nonzero(region) / np.pi))


def squared(box: tuple[slice, slice], shape: tuple[int, int]) -> tuple[slice, slice]:
    """Extend the shorter side of a box to the longer, moved to stay inside the image.

    Where the image itself is narrower, the box is as wide as the image.
    """
    side = max(part.stop - part.start for part in box)
    rows, columns = box
    return _extended(rows, side, shape[0]), _extended(columns, side, shape[1])


def _extended(part: slice, side: int, length: int) -> slice:
    start = part.start - (side - (part.stop - part.start)) // 2
    start = max(0, min(start, length - side))
    return slice(start, min(start + side, length))


def bounding_box(region: Mask, margin: float) -> tuple[slice, slice]:
    """Return the rows and columns of a region with a margin, cut at the image's edge.

    Parameters
    ----------
    region : (rows, columns) bool array
        Not empty.
    margin : float
        As a fraction of the longer side of the region; at least 2 pixels unless it is 0.
    """
    extents = [np.flatnonzero(region.any(axis=axis)) for axis in (1, 0)]
    longer = max(int(np.ptp(extent)) + 1 for extent in extents)
    pad = max(MIN_MARGIN, round(margin * longer)) if margin > 0 else 0
    top_bottom, left_right = (
        slice(max(0, int(extent[0]) - pad), min(length, int(extent[-1]) + 1 + pad))
        for extent, length in zip(extents, region.shape, strict=True)
    )
    return top_bottom, left_right
