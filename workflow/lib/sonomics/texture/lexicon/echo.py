"""Echo pattern and posterior echoes: compare the lesion with the tissue around, above and below it."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from sonomics.texture.discretise import Mask

ECHO = (
    "echo_difference", "echo_ratio", "echo_z", "heterogeneity", "heterogeneity_ratio", "dark_share", "bright_share",
    "foci", "posterior_beside", "posterior_lesion", "posterior_sd", "anterior_lesion",
)  # fmt: skip
# Width of the ring around a lesion, in its diameters.
SURROUNDINGS = 0.5
# Percentiles of the surroundings below and above which a lesion's pixel is dark or bright.
DARK, BRIGHT = 10, 75
# A focus: a spot brighter than its neighbourhood, both smoothed (SDs in pixels), by so many grey levels of 255.
SPOT, NEIGHBOURHOOD, BRIGHTER = 1.5, 5.0, 15.0
# Pixels off the outline where the strips above and below start, and how deep into a lesion a focus lies at least.
GAP = 3
# Height of the strip below, in diameters of the lesion.
DEPTH = 0.75

Floats = NDArray[np.float64]


def select_surroundings(pixels: Floats, distance: Floats, diameter: float) -> Mask:
    """Select the ring of half a diameter around a lesion, without the black pixels beyond the scan."""
    return (distance > 0) & (distance <= SURROUNDINGS * diameter) & (pixels > 0)


def echo_features(pixels: Floats, mask: Mask, around: Mask, distance: Floats, diameter: float) -> NDArray[np.float64]:
    """Compute echogenicity, echo pattern and posterior echoes.

    Parameters
    ----------
    pixels : (rows, columns) float array
        Grey levels; rows run from the probe into depth.
    mask : (rows, columns) bool array
        The lesion.
    around : (rows, columns) bool array
        From `select_surroundings`, not empty.
    distance : (rows, columns) float array
        Distance from the outline in pixels, below 0 inside.
    diameter : float
        Of a disc of the lesion's area, in pixels.

    Returns
    -------
    (12,) float array
        In the order of `ECHO`: mean of the lesion minus, over and in SDs of its surroundings; SD over mean of the
        lesion, and over the SD of the surroundings; shares of the lesion below the 10th and above the 75th
        percentile of the surroundings; share of bright foci; grey levels below the lesion minus those at its sides
        at the same depth, minus the lesion's, and their SD; above the lesion minus the lesion's. Shadow and enhancement
        are read below the lesion's middle half (Drukker, Giger & Mendelson, Med Phys 2003). NaN where a strip lies
        outside the image.
    """
    lesion, ring = pixels[mask], pixels[around]
    mean, spread = lesion.mean(), lesion.std()
    dark, bright = np.percentile(ring, [DARK, BRIGHT])
    spots = ndimage.gaussian_filter(pixels, SPOT) - ndimage.gaussian_filter(pixels, NEIGHBOURHOOD) > BRIGHTER
    below, above, beside = lay_strips(mask, round(max(GAP + 1, DEPTH * diameter)))
    under, over, sides = (pixels[strip & (pixels > 0)] for strip in (below, above, beside))
    return np.array(
        [
            mean - ring.mean(),
            mean / max(ring.mean(), 1.0),
            (mean - ring.mean()) / max(ring.std(), 1.0),
            spread / max(mean, 1.0),
            spread / max(ring.std(), 1.0),
            np.mean(lesion < dark),
            np.mean(lesion > bright),
            np.count_nonzero(spots & (distance < -GAP)) / len(lesion),
            _mean(under) - _mean(sides),
            _mean(under) - mean,
            under.std() if under.size else np.nan,
            _mean(over) - mean,
        ]
    )


def lay_strips(mask: Mask, depth: int) -> tuple[Mask, Mask, Mask]:
    """Lay strips of pixels next to a lesion.

    Those below and above follow the lesion's middle half column by column; the third lies on both sides of its lower
    end.

    Parameters
    ----------
    mask : (rows, columns) bool array
        The lesion.
    depth : int
        Depth of the strip below in pixels; the one above is half as deep.

    Returns
    -------
    below, above, beside : (rows, columns) bool array
    """
    rows, columns = np.nonzero(mask)
    top, bottom, left, right = rows.min(), rows.max() + 1, columns.min(), columns.max() + 1
    height, width = bottom - top, right - left
    row, column = np.ogrid[: mask.shape[0], : mask.shape[1]]
    first = np.argmax(mask, axis=0)
    last = len(mask) - 1 - np.argmax(mask[::-1], axis=0)
    middle = mask.any(axis=0) & (column >= left + width // 4) & (column < right - width // 4)
    below = middle & (row >= last + GAP) & (row < last + GAP + depth)
    above = middle & (row < first - GAP) & (row >= first - GAP - depth // 2)
    level = (row >= bottom - height // 4) & (row < bottom + depth)
    near = ((column >= left - width // 2) & (column < left)) | ((column >= right) & (column < right + width // 2))
    return below, above, level & near


def _mean(values: Floats) -> float:
    return float(values.mean()) if values.size else np.nan
