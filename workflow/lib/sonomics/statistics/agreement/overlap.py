"""Overlap of a heat map with the outline of a lesion."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Booleans, Floats

NAN = float("nan")


class Overlap(NamedTuple):
    """Dice coefficient, intersection over union, and pixels hot, in the mask, in both; NaN when both are empty."""

    dice: float
    iou: float
    heat: int
    mask: int
    both: int


def overlap(hot: ArrayLike, mask: ArrayLike) -> Overlap:
    """Compute the overlap of two regions.

    Parameters
    ----------
    hot, mask : array_like of bool, same shape

    Returns
    -------
    Overlap
        Dice = 2 |A and B| / (|A| + |B|). NaN when both are empty, 0 when one is.

    References
    ----------
    Dice LR, Ecology 1945; Jaccard P, New Phytol 1912.
    """
    hot_region, outline = np.asarray(hot, dtype=bool), np.asarray(mask, dtype=bool)
    if hot_region.shape != outline.shape:
        raise ValueError(f"regions of one image are needed, got shapes {hot_region.shape} and {outline.shape}")
    heat, outlined, both = int(hot_region.sum()), int(outline.sum()), int((hot_region & outline).sum())
    if heat + outlined == 0:
        return Overlap(NAN, NAN, heat, outlined, both)
    return Overlap(2 * both / (heat + outlined), both / (heat + outlined - both), heat, outlined, both)


def hot_pixels(heat: ArrayLike, threshold: float) -> Booleans:
    """Mark the pixels at or above a fixed heat.

    Parameters
    ----------
    heat : array_like
    threshold : float
    """
    return np.asarray(heat, dtype=np.float64) >= threshold


def hot_pixels_by_half_maximum(heat: ArrayLike) -> Booleans:
    """Mark the pixels at or above half the largest heat of the map; none of a map without heat.

    Parameters
    ----------
    heat : array_like
    """
    values = np.asarray(heat, dtype=np.float64)
    return np.asarray((values >= values.max(initial=0.0) / 2) & (values > 0))


def hottest_pixels(heat: ArrayLike, share: float) -> Booleans:
    """Mark the hottest floor(share x n) pixels; ties with the last of them are included, so there may be more.

    Parameters
    ----------
    heat : array_like
    share : float
        Of the pixels, in [0, 1].

    Returns
    -------
    ndarray of bool
        Empty when the share is less than a pixel.
    """
    values = np.asarray(heat, dtype=np.float64)
    count = int(np.floor(share * values.size))
    if count < 1:
        return np.zeros(values.shape, dtype=bool)
    return np.asarray(values >= np.sort(values, axis=None)[-count])


def heat_share_inside(heat: ArrayLike, mask: ArrayLike) -> float:
    """Compute the share of a map's heat that lies in the mask; NaN for a map without heat.

    Parameters
    ----------
    heat : array_like
        Not negative.
    mask : array_like of bool, same shape
    """
    values = _heat(heat)
    total = float(values.sum())
    return float(values[np.asarray(mask, dtype=bool)].sum() / total) if total > 0 else NAN


def soft_dice(heat: ArrayLike, mask: ArrayLike) -> float:
    """Compute 2 sum(heat x mask) / (sum heat + sum mask); NaN when both are empty (Milletari F et al., 3DV 2016).

    Parameters
    ----------
    heat : array_like
        Not negative.
    mask : array_like of bool, same shape
    """
    values, outline = _heat(heat), np.asarray(mask, dtype=bool)
    total = float(values.sum() + outline.sum())
    return float(2 * values[outline].sum() / total) if total > 0 else NAN


def _heat(heat: ArrayLike) -> Floats:
    values = np.asarray(heat, dtype=np.float64)
    if (values < 0).any() or np.isnan(values).any():
        raise ValueError("heat must not be negative or NaN")
    return values
