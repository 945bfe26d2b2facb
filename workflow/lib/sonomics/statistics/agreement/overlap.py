"""Does a heat map lie on the lesion? Overlap of a map with a mask."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Booleans, Floats

NAN = float("nan")


class Overlap(NamedTuple):
    """Dice coefficient and intersection over union with the pixels hot, in the mask, in both; NaN when all empty."""

    dice: float
    iou: float
    heat: int
    mask: int
    both: int


def overlap(hot: ArrayLike, mask: ArrayLike) -> Overlap:
    """Overlap of two regions.

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
    one, two = np.asarray(hot, dtype=bool), np.asarray(mask, dtype=bool)
    if one.shape != two.shape:
        raise ValueError(f"regions of one image are needed, got shapes {one.shape} and {two.shape}")
    heat, inside, both = int(one.sum()), int(two.sum()), int((one & two).sum())
    if heat + inside == 0:
        return Overlap(NAN, NAN, heat, inside, both)
    return Overlap(2 * both / (heat + inside), both / (heat + inside - both), heat, inside, both)


def hot_region(heat: ArrayLike, threshold: float) -> Booleans:
    """Pixels at or above a fixed heat."""
    return np.asarray(heat, dtype=np.float64) >= threshold


def hot_half(heat: ArrayLike) -> Booleans:
    """Pixels at or above half the largest heat of the map; none of a map without heat."""
    values = np.asarray(heat, dtype=np.float64)
    return (values >= values.max(initial=0.0) / 2) & (values > 0)


def hottest_share(heat: ArrayLike, share: float) -> Booleans:
    """The hottest floor(share x n) pixels; ties with the last of them are included, so there may be more.

    Returns
    -------
    ndarray of bool
        Empty when the share is less than a pixel.
    """
    values = np.asarray(heat, dtype=np.float64)
    count = int(np.floor(share * values.size))
    if count < 1:
        return np.zeros(values.shape, dtype=bool)
    return values >= np.sort(values, axis=None)[-count]


def heat_inside(heat: ArrayLike, mask: ArrayLike) -> float:
    """Share of a map's heat that lies in the mask; NaN for a map without heat."""
    values = _heat(heat)
    total = float(values.sum())
    return float(values[np.asarray(mask, dtype=bool)].sum() / total) if total > 0 else NAN


def soft_dice(heat: ArrayLike, mask: ArrayLike) -> float:
    """2 sum(heat x mask) / (sum heat + sum mask); NaN when both are empty (Milletari F et al., 3DV 2016, unsquared)."""
    values, inside = _heat(heat), np.asarray(mask, dtype=bool)
    total = float(values.sum() + inside.sum())
    return float(2 * values[inside].sum() / total) if total > 0 else NAN


def _heat(heat: ArrayLike) -> Floats:
    values = np.asarray(heat, dtype=np.float64)
    if (values < 0).any() or np.isnan(values).any():
        raise ValueError("heat is not negative and not NaN")
    return values
