"""Compute all features of one region in shared passes over its pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sonomics.texture import firstorder, glcm, ngtdm, shape2d
from sonomics.texture import size_matrices as sizes
from sonomics.texture.counts import DIRECTIONS, compare_neighbours, count_adjacent, count_runs
from sonomics.texture.discretise import Levels, Mask, Pixels, discretise_by_count, discretise_by_width, pad_levels
from sonomics.texture.zones import count_zone_distances, count_zones

SHAPE = "shape2D"
_ORDERS: dict[str, tuple[str, ...]] = {
    "firstorder": firstorder.NAMES,
    SHAPE: shape2d.NAMES,
    "glcm": glcm.NAMES,
    "glrlm": sizes.RUNS,
    "glszm": sizes.ZONES,
    "gldm": sizes.DEPENDENCES,
    "ngtdm": ngtdm.NAMES,
    "gldzm": sizes.DISTANCES,
    "ngldm": sizes.NEIGHBOURS,
}
# Features of each class in PyRadiomics' order, which is that of its methods' names. PyRadiomics lacks the last two.
CLASSES = {
    name: sorted(filter(None, order), key=lambda feature: f"{feature}FeatureValue") for name, order in _ORDERS.items()
}
_POSITIONS = {name: [order.index(feature) for feature in CLASSES[name]] for name, order in _ORDERS.items()}
_DEPENDENCE_SIZES = np.arange(10)


def compute_shape(mask: Mask, spacing: float = 1.0) -> NDArray[np.float64]:
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
    return shape2d.shape_features(mask, spacing)[_POSITIONS[SHAPE]]


def compute_textures(
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
        Number of bins between the region's smallest and largest value; without it, bins have a fixed width.
    width : float
        Bin width, in grey levels.
    spacing : float
        Edge of a pixel.

    Returns
    -------
    (features,) float array
        The features of each class in the order of `CLASSES`; NaN where undefined: all of an image that is constant
        in the region, textures of a region in which no pixel has a neighbour.
    """
    levels = discretise_by_count(values, bins) if bins is not None else discretise_by_width(values, width)
    if levels is None:
        return np.full(sum(len(CLASSES[name]) for name in classes), np.nan)
    by_class = _compute_classes(values, levels, mask, set(classes), spacing)
    features = np.concatenate([by_class[name][_POSITIONS[name]] for name in classes])
    return np.where(np.isfinite(features), features, np.nan)


def _compute_classes(
    values: Pixels, levels: Levels, mask: Mask, classes: set[str], spacing: float
) -> dict[str, NDArray[np.float64]]:
    highest = int(levels.max())
    window = pad_levels(levels, mask, 1)
    features: dict[str, NDArray[np.float64]] = {}
    if "firstorder" in classes:
        features["firstorder"] = firstorder.firstorder_features(values, levels, spacing)
    if "glcm" in classes:
        features["glcm"] = glcm.glcm_features(count_adjacent(window, highest))
    if "glrlm" in classes:
        features["glrlm"] = average_runs(count_runs(window, highest), window)
    if "glszm" in classes:
        features["glszm"] = sizes.size_features(*count_zones(window, highest))
    if "gldzm" in classes:
        features["gldzm"] = sizes.distance_features(count_zone_distances(window, highest), len(levels))
    if classes & {"gldm", "ngldm", "ngtdm"}:
        dependences, differences = compare_neighbours(window, highest)
        features["gldm"] = sizes.size_features(dependences, _DEPENDENCE_SIZES)
        features["ngldm"] = sizes.neighbour_features(dependences)
        features["ngtdm"] = ngtdm.ngtdm_features(dependences.sum(axis=1), differences)
    return features


def average_runs(counts: NDArray[np.int64], window: Levels) -> NDArray[np.float64]:
    """Average the features of runs over the directions in which two pixels of the region lie on one line.

    Parameters
    ----------
    counts : (4, highest + 1, longest + 1) int64 array
        From `sonomics.texture.counts.count_runs`.
    window : (rows, columns) int32 array
        The window they were counted in.

    Returns
    -------
    (16,) float array
        In the order of `sonomics.texture.size_matrices.RUNS`; all NaN when no line holds two pixels.
    """
    lengths = np.arange(counts.shape[2])
    usable = [matrix for matrix, step in zip(counts, DIRECTIONS, strict=True) if _shares_a_line(matrix, window, step)]
    if not usable:
        return np.full(len(sizes.RUNS), np.nan)
    return np.asarray(np.mean([sizes.size_features(matrix, lengths) for matrix in usable], axis=0))


def _shares_a_line(counts: NDArray[np.int64], window: Levels, step: tuple[int, int]) -> bool:
    if counts[:, 2:].any():
        return True
    rows, columns = np.nonzero(window)
    line = rows * step[1] - columns * step[0]
    return len(np.unique(line)) < len(line)
