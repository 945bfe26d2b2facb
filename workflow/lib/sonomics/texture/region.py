"""Compute the features of one region: every class of every filtered image, in a fixed order."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.kinds.radiomics import Filters
from sonomics.texture.discretise import Mask, bounding_box
from sonomics.texture.engine import CLASSES, SHAPE, compute_shape, compute_textures
from sonomics.texture.filters import filter_image, name_images

# Range of a filtered image in the region, relative to the largest grey level, up to which it is constant but for
# rounding.
ROUNDING = 1e-10
WHERE = "params.yaml, extract.families"


def name_features(classes: Sequence[str], filters: Filters) -> list[str]:
    """Name the features of a family, the same for every region.

    Parameters
    ----------
    classes : sequence of str
        Feature classes, keys of `sonomics.texture.engine.CLASSES`.
    filters : Filters
        Images that features are computed of.

    Returns
    -------
    list of str
        `<filter>_<class>_<feature>`; shape, which the outline alone determines, once as `original_shape2D_<feature>`.

    Raises
    ------
    StudyError
        When there is no class (PyRadiomics would compute all), or one that is unknown or meaningless in two dimensions.
    """
    fix = f"use some of {', '.join(CLASSES)}"
    if not classes:
        raise StudyError(WHERE, "a family needs at least one feature class", fix)
    for name in classes:
        if name == "shape":
            raise StudyError(WHERE, "class shape is for volumes and means nothing on one slice", f"use {SHAPE}")
        if name not in CLASSES:
            raise StudyError(WHERE, f"{name} is not a feature class", fix)
    shape = [f"original_{SHAPE}_{feature}" for feature in CLASSES[SHAPE]] if SHAPE in classes else []
    textures = [
        f"{image}_{name}_{feature}"
        for image in name_images(filters)
        for name in classes
        if name != SHAPE
        for feature in CLASSES[name]
    ]
    return shape + textures


def is_constant(values: NDArray[np.float64], largest: float) -> bool:
    """Tell whether the values of a region are equal but for rounding.

    Parameters
    ----------
    values : (n,) float array
        The region's values in a filtered image.
    largest : float
        The largest absolute grey level of the image before the filter, which sets the size of rounding errors.
    """
    return bool(np.ptp(values) <= ROUNDING * largest)


def compute_features(
    pixels: NDArray[np.float64],
    mask: Mask,
    classes: Sequence[str],
    filters: Filters,
    bins: int | None = None,
    width: float = 1.0,
    spacing: float = 1.0,
) -> NDArray[np.float64]:
    """Compute the features of one region.

    Parameters
    ----------
    pixels : (rows, columns) float array
        Grey levels.
    mask : (rows, columns) bool array
        The region.
    classes, filters
        As in `name_features`.
    bins : int, optional
        Number of bins between the smallest and the largest value of each image in the region; without it, bins have a
        fixed width.
    width : float
        Bin width, in grey levels.
    spacing : float
        Edge of a pixel: 1, or in mm; the unit of shape features and of filter widths.

    Returns
    -------
    (features,) float array
        In the order of `name_features`. NaN where undefined: all of an empty region; shape without two pixels in both
        directions; intensity and texture of an image that is constant in the region or holds a NaN or an infinity
        anywhere, and textures of a region in which no pixel has a neighbour.

    Raises
    ------
    TypeError
        When the pixels are not floating-point numbers.
    """
    textures = [name for name in classes if name != SHAPE]
    undefined = np.full(sum(len(CLASSES[name]) for name in textures), np.nan)
    parts = [compute_shape(mask, spacing)] if SHAPE in classes else []
    largest = float(np.abs(pixels).max())
    if not mask.any() or not np.isfinite(largest):
        return np.concatenate([*parts, *[undefined for _ in name_images(filters)]])
    box = bounding_box(mask)
    region = np.ascontiguousarray(mask[box])
    for _, image in filter_image(pixels, filters, spacing):
        values = image[box][region]
        if not textures or is_constant(values, largest):
            parts.append(undefined)
        else:
            parts.append(compute_textures(values, region, textures, bins, width, spacing))
    return np.concatenate(parts)
