"""Which pixels of an image are analysed: the lesion, a ring around it, background next to it, or all."""

from collections.abc import Callable, Mapping
from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import RefusedError
from sonomics.crop.regions.box import MIN_MARGIN, bounding_box

Settings = Mapping[str, Any]


def select_lesion(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Select what the reader outlined."""
    return outline


def select_whole(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Select the whole image; it still takes an outline, so that the images are those of the main run."""
    return np.ones_like(outline)


def select_ring(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Select a ring around the lesion, as wide as `ring` times the diameter of a disc of the lesion's area.

    Black pixels, which lie beyond the scan, are left out.

    Raises
    ------
    RefusedError
        `no_background` when nothing is left.
    """
    width = settings["ring"] * equivalent_diameter(outline)
    distance = cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ring: Mask = ~outline & (distance <= width) & (pixels > 0)
    if not ring.any():
        raise RefusedError("no_background")
    return ring


def select_background(pixels: NDArray[np.uint8], outline: Mask, settings: Settings) -> Mask:
    """Select tissue next to the lesion, a negative control: the outline's shape, shifted off itself.

    Returns
    -------
    (rows, columns) bool array
        Of the eight positions around the lesion that lie in the image, the one with the most pixels that are not
        black; of equal ones the first: right and left, then below, then above.

    Raises
    ------
    RefusedError
        `no_background` when no position lies in the image, or none shows tissue in more than half of its pixels.
    """
    rows, columns = bounding_box(outline, margin=0)
    height, width = rows.stop - rows.start, columns.stop - columns.start
    best, most_tissue = outline, outline.sum() / 2
    shape = outline[rows, columns]
    for down, right in product((0, 1, -1), (1, -1, 0)):
        top, left = rows.start + down * (height + MIN_MARGIN), columns.start + right * (width + MIN_MARGIN)
        in_image = top >= 0 and left >= 0 and top + height <= outline.shape[0] and left + width <= outline.shape[1]
        if not in_image or down == right == 0:
            continue
        candidate = np.zeros_like(outline)
        candidate[top : top + height, left : left + width] = shape
        if (tissue := np.count_nonzero(pixels[candidate])) > most_tissue:
            best, most_tissue = candidate, tissue
    if best is outline:
        raise RefusedError("no_background")
    return best


REGIONS: Mapping[str, Callable[[NDArray[np.uint8], Mask, Settings], Mask]] = {
    "lesion": select_lesion,
    "ring": select_ring,
    "background": select_background,
    "whole": select_whole,
}


def equivalent_diameter(region: Mask) -> float:
    """Return the diameter in pixels of a disc of the region's area."""
    return float(np.sqrt(4 * np.count_nonzero(region) / np.pi))
