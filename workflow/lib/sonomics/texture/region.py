"""The features of a family of one region: every class of every filtered image, in fixed order."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.texture.discretise import Mask, bounding_box
from sonomics.texture.engine import CLASSES, SHAPE, shape_of, textures_of
from sonomics.texture.filters import WHERE, filter_names, filtered

# A filtered image whose range in the region is this small beside the image's own values is constant but for rounding.
ROUNDING = 1e-10


def feature_names(classes: Sequence[str], filters: Mapping[str, Any]) -> list[str]:
    """Name the features of a family, the same for every region.

    Parameters
    ----------
    classes : sequence of str
        Feature classes, keys of `sonomics.texture.engine.CLASSES`.
    filters : mapping
        As in `sonomics.texture.filters.filter_names`.

    Returns
    -------
    list of str
        `<filter>_<class>_<feature>`; shape once, from the outline, as `original_shape2D_<feature>`.

    Raises
    ------
    StudyError
        No class at all (PyRadiomics would take all), or one that is unknown or meaningless in two dimensions.
    """
    some = f"name some of {', '.join(CLASSES)}"
    if not classes:
        raise StudyError(WHERE, "a family without feature classes has no feature", some)
    for name in classes:
        if name == "shape":
            raise StudyError(WHERE, "class shape is of volumes, and means nothing on one slice", f"name {SHAPE}")
        if name not in CLASSES:
            raise StudyError(WHERE, f"unknown feature class {name}", some)
    shape = [f"original_{SHAPE}_{feature}" for feature in CLASSES[SHAPE]] if SHAPE in classes else []
    textures = [
        f"{image}_{name}_{feature}"
        for image in filter_names(filters)
        for name in classes
        if name != SHAPE
        for feature in CLASSES[name]
    ]
    return shape + textures


def constant(values: NDArray[np.float64], largest: float) -> bool:
    """Tell whether the values of a region differ by no more than rounding does.

    Parameters
    ----------
    values : (n,) float array
        The region's values in a filtered image.
    largest : float
        The largest grey level of the image before the filter, which sets the size of rounding.
    """
    return bool(np.ptp(values) <= ROUNDING * largest)


def region_values(
    pixels: NDArray[np.float64],
    mask: Mask,
    classes: Sequence[str],
    filters: Mapping[str, Any],
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
        As in `feature_names`.
    bins : int, optional
        Number of bins between the smallest and the largest value of each image in the region; without it bins are
        `width` wide.
    width : float
        As said.
    spacing : float
        Edge of a pixel: 1, or in mm; the unit of shape features and of filter widths.

    Returns
    -------
    (features,) float array
        In the order of `feature_names`. NaN where undefined: all of an empty region; shape without two pixels in both
        directions; intensity and texture of an image that is constant in the region or holds a NaN or an infinity
        anywhere, and textures of a region in which no pixel has a neighbour.

    Raises
    ------
    TypeError
        When the pixels are not floating-point numbers.
    """
    wanted = [name for name in classes if name != SHAPE]
    undefined = np.full(sum(len(CLASSES[name]) for name in wanted), np.nan)
    parts = [shape_of(mask, spacing)] if SHAPE in classes else []
    largest = float(np.abs(pixels).max())
    if not mask.any() or not np.isfinite(largest):
        return np.concatenate([*parts, *[undefined for _ in filter_names(filters)]])
    box = bounding_box(mask)
    inside = np.ascontiguousarray(mask[box])
    for _, image in filtered(pixels, filters, spacing):
        values = image[box][inside]
        if not wanted or constant(values, largest):
            parts.append(undefined)
        else:
            parts.append(textures_of(values, inside, wanted, bins, width, spacing))
    return np.concatenate(parts)
