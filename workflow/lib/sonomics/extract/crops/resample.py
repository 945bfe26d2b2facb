"""Resample crops to another pixel spacing."""

import cv2
import numpy as np
from numpy.typing import NDArray

Crop = tuple[NDArray[np.uint8], NDArray[np.bool_]]


def resample_to_spacing(
    pixels: NDArray[np.uint8], mask: NDArray[np.bool_], spacing_mm: float, edge: float | None
) -> Crop | None:
    """Resample a crop to the pixel spacing that a family asks for.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The crop.
    mask : (rows, columns) bool array
        The region.
    spacing_mm : float
        Edge of a pixel in mm, NaN when unknown.
    edge : float or None
        Edge of the new pixels in mm; None leaves the pixels as they are.

    Returns
    -------
    (pixels, mask) or None
        None when the family asks for a spacing and that of the crop is unknown.
    """
    if edge is None:
        return pixels, mask
    return resample(pixels, mask, spacing_mm / edge) if np.isfinite(spacing_mm) else None


def resample(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], factor: float) -> Crop:
    """Resample a crop and its region to pixels of another size.

    Parameters
    ----------
    pixels : (rows, columns) uint8 array
        The crop.
    mask : (rows, columns) bool array
        The region.
    factor : float
        New pixels along an edge of an old one: above 1 enlarges.

    Returns
    -------
    pixels, mask
        Interpolated bilinearly, or by area when shrinking; a new pixel is inside when at least half of it was.
    """
    rows, columns = (max(1, round(length * factor)) for length in pixels.shape)
    interpolation = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    coverage = cv2.resize(mask.astype(np.float32), (columns, rows), interpolation=interpolation)
    levels = cv2.resize(pixels, (columns, rows), interpolation=interpolation).astype(np.uint8)
    return levels, coverage >= 0.5
