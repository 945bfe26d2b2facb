"""All features of one region, in shared passes over its pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sonomics.texture import firstorder, glcm, ngtdm, shape2d
from sonomics.texture import size_matrices as sizes
from sonomics.texture.counts import DIRECTIONS, adjacent, neighbours, runs
from sonomics.texture.discretise import Levels, Mask, Pixels, by_count, by_width, padded
from sonomics.texture.zones import zones

SHAPE = "shape2D"
_ORDERS: dict[str, tuple[str, ...]] = {
    "firstorder": firstorder.NAMES,
    SHAPE: shape2d.NAMES,
    "glcm": glcm.NAMES,
    "glrlm": sizes.RUNS,
    "glszm": sizes.ZONES,
    "gldm": sizes.DEPENDENCES,
    "ngtdm": ngtdm.NAMES,
}
# Features of each class in PyRadiomics' order, which is that of its methods' names.
CLASSES = {
    name: sorted(filter(None, order), key=lambda feature: f"{feature}FeatureValue") for name, order in _ORDERS.items()
}
_PLACES = {name: [order.index(feature) for feature in CLASSES[name]] for name, order in _ORDERS.items()}
_DEPENDENCE_SIZES = np.arange(10)


def shape_of(mask: Mask, spacing: float = 1.0) -> NDArray[np.float64]:
    """Compute the features of class `shape2D`, in the order of `CLASSES`.

    Parameters
    ----------
    mask : (rows, columns) bool array
        The region.
    spacing : float
        Edge of a pixel.

    Returns
    -------
    (9,) float array
        All NaN without two pixels in both directions.
    """
    if min(mask.any(axis=0).sum(), mask.any(axis=1).sum()) < 2:
        return np.full(len(CLASSES[SHAPE]), np.nan)
    return shape2d.shape_features(mask, spacing)[_PLACES[SHAPE]]


def textures_of(
    values: Pixels,
    mask: Mask,
    classes: Sequence[str],
    bins: int | None = None,
    width: float = 1.0,
    spacing: float = 1.0,
) -> NDArray[np.float64]:
    """Compute first-order and texture features of one image.

    Parameters
    ----------
    values : (n,) float array
        Grey levels of the region's pixels, row by row, not empty.
    mask : (rows, columns) bool array
        The region, n pixels in its bounding box.
    classes : sequence of str
        Of `CLASSES` without shape.
    bins : int, optional
        Number of bins between the region's smallest and largest value; without it bins are `width` wide.
    width : float
        As said.
    spacing : float
        Edge of a pixel.

    Returns
    -------
    (features,) float array
        The features of each class in the order of `CLASSES`; NaN where undefined: all of an image that is constant
        in the region, textures of a region in which no pixel has a neighbour.
    """
    levels = by_count(values, bins) if bins is not None else by_width(values, width)
    if levels is None:
        return np.full(sum(len(CLASSES[name]) for name in classes), np.nan)
    found = _computed(values, levels, mask, set(classes), spacing)
    computed = np.concatenate([found[name][_PLACES[name]] for name in classes])
    return np.where(np.isfinite(computed), computed, np.nan)


def _computed(
    values: Pixels, levels: Levels, mask: Mask, classes: set[str], spacing: float
) -> dict[str, NDArray[np.float64]]:
    highest = int(levels.max())
    laid = padded(levels, mask, 1)
    found: dict[str, NDArray[np.float64]] = {}
    if "firstorder" in classes:
        found["firstorder"] = firstorder.firstorder_features(values, levels, spacing)
    if "glcm" in classes:
        found["glcm"] = glcm.glcm_features(adjacent(laid, highest))
    if "glrlm" in classes:
        found["glrlm"] = run_features(runs(laid, highest), laid)
    if "glszm" in classes:
        found["glszm"] = sizes.size_features(*zones(laid, highest))
    if classes & {"gldm", "ngtdm"}:
        dependences, differences = neighbours(laid, highest)
        found["gldm"] = sizes.size_features(dependences, _DEPENDENCE_SIZES)
        found["ngtdm"] = ngtdm.ngtdm_features(dependences.sum(axis=1), differences)
    return found


def run_features(counts: NDArray[np.int64], laid: Levels) -> NDArray[np.float64]:
    """Average the features of runs over the directions in which two pixels of the region stand in one line.

    Parameters
    ----------
    counts : (4, highest + 1, longest + 1) int64 array
        As `sonomics.texture.counts.runs` gives them.
    laid : (rows, columns) int32 array
        The window they were counted in.

    Returns
    -------
    (16,) float array
        In the order of `sonomics.texture.size_matrices.RUNS`; all NaN when no line holds two pixels.
    """
    lengths = np.arange(counts.shape[2])
    lined = [matrix for matrix, line in zip(counts, DIRECTIONS, strict=True) if _shares_a_line(matrix, laid, line)]
    if not lined:
        return np.full(len(sizes.RUNS), np.nan)
    return np.mean([sizes.size_features(matrix, lengths) for matrix in lined], axis=0)


def _shares_a_line(counts: NDArray[np.int64], laid: Levels, step: tuple[int, int]) -> bool:
    if counts[:, 2:].any():
        return True
    rows, columns = np.nonzero(laid)
    line = rows * step[1] - columns * step[0]
    return len(np.unique(line)) < len(line)
