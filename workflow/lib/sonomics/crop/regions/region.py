"""Which pixels of an image are analysed: the lesion, a ring around it, background next to it, or all."""

from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.core.settings.crop import Crop
from sonomics.crop.outlines.rasterise import Mask
from sonomics.crop.outlines.refusals import RefusedError
from sonomics.crop.regions.box import MIN_MARGIN, bounding_box


def select_region(pixels: NDArray[np.uint8], outline: Mask, settings: Crop) -> Mask:
    """Select the region that `crop.region` names.

    Every region takes an outline, the whole image too, so that the images are those of the main run.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The clean image.
    outline : (rows, columns) bool array
        A reader's outline, moved into the clean image.
    settings : Crop
        `region` and `ring` of the section `crop` of params.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    RefusedError
        `no_background` when there is no ring or no background.
    """
    if settings.region == "ring":
        assert settings.ring is not None  # required by the settings
        return select_ring(pixels, outline, settings.ring)
    if settings.region == "background":
        return select_background(pixels, outline)
    return np.ones_like(outline) if settings.region == "whole" else outline


def select_ring(pixels: NDArray[np.uint8], outline: Mask, width: float) -> Mask:
    """Select a ring around the lesion, without the black pixels beyond the scan.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The clean image.
    outline : (rows, columns) bool array
        The lesion.
    width : float
        Width of the ring, as a share of the diameter of a disc of the lesion's area.

    Raises
    ------
    RefusedError
        `no_background` when nothing is left.
    """
    distance = cv2.distanceTransform((~outline).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ring: Mask = ~outline & (distance <= width * equivalent_diameter(outline)) & (pixels > 0)
    if not ring.any():
        raise RefusedError("no_background")
    return ring


def select_background(pixels: NDArray[np.uint8], outline: Mask) -> Mask:
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


def equivalent_diameter(region: Mask) -> float:
    """Return the diameter in pixels of a disc of the region's area."""
    return float(np.sqrt(4 * np.count_nonzero(region) / np.pi))
