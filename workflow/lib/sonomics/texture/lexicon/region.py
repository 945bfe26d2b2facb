"""Compute all descriptors of one lesion."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.texture.discretise import Mask, Pixels
from sonomics.texture.lexicon.contour import CONTOUR, contour_features, fit_ellipse, trace_contour
from sonomics.texture.lexicon.echo import ECHO, echo_features, select_surroundings
from sonomics.texture.lexicon.margin import MARGIN, margin_features

NAMES = ("diameter", *CONTOUR, *MARGIN, *ECHO)


def compute_features(pixels: Pixels, mask: Mask, spacing: float = 1.0) -> NDArray[np.float64]:
    """Compute the descriptors of one lesion and of its surroundings in the crop.

    Parameters
    ----------
    pixels : (rows, columns) float array
        Grey levels, 0 to 255; rows run from the probe into depth, and the crop has a margin around the lesion.
    mask : (rows, columns) bool array
        The lesion.
    spacing : float
        Edge of a pixel, the unit of `diameter`; all other values do not depend on it.

    Returns
    -------
    (41,) float array
        In the order of `NAMES`: the diameter of a disc of equal area, then `CONTOUR`, `MARGIN` and `ECHO`. NaN where
        undefined: everything but the diameter when the pixels lie on one line or apart, and the diameter too when there
        are none; margin and echo when only black pixels surround the lesion or the image holds a NaN or an infinity.
    """
    values = np.full(len(NAMES), np.nan)
    ellipse = fit_ellipse(mask)
    diameter = 2 * np.sqrt(np.count_nonzero(mask) / np.pi)
    if diameter > 0:
        values[0] = diameter * spacing
    if ellipse is None or (contour := trace_contour(mask)) is None:
        return values
    distance = signed_distance(mask)
    around = select_surroundings(pixels, distance, diameter)
    shape = contour_features(mask, contour, ellipse)
    values[1 : 1 + len(shape)] = shape
    if around.any() and np.isfinite(pixels).all():
        margin = margin_features(pixels, distance, contour, diameter, pixels[around].std())
        values[1 + len(shape) :] = np.concatenate([margin, echo_features(pixels, mask, around, distance, diameter)])
    return values


def signed_distance(mask: Mask) -> NDArray[np.float64]:
    """Return the distance in pixels of each pixel from the region; inside, minus its distance from the outside."""
    inside, outside = mask.astype(np.uint8), (~mask).astype(np.uint8)
    away, depth = (cv2.distanceTransform(part, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) for part in (outside, inside))
    return away.astype(np.float64) - depth.astype(np.float64)
