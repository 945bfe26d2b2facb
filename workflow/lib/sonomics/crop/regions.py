"""Which part of an image is analysed, and the crop around it."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines import Mask, RefusedError

MIN_MARGIN = 2


def lesion(pixels: NDArray[np.uint8], outline: Mask) -> Mask:
    """Analyse what the reader outlined."""
    return outline


def whole(pixels: NDArray[np.uint8], outline: Mask) -> Mask:
    """Analyse the whole image; it still takes an outline, so that the images are those of the main run."""
    return np.ones_like(outline)


def background(pixels: NDArray[np.uint8], outline: Mask) -> Mask:
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


REGIONS = {"lesion": lesion, "background": background, "whole": whole}


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
