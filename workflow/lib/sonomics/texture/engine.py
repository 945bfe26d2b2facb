"""All features of one region, in shared passes over its pixels."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from sonomics.texture import firstorder, glcm, ngtdm, shape2d, sizes
from sonomics.texture.discretise import Levels, Mask, Pixels, by_count, by_width, window
from sonomics.texture.passes import DIRECTIONS, survey, zones

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
    rows, columns = np.nonzero(mask)
    if len(rows) == 0 or min(np.ptp(rows), np.ptp(columns)) == 0:
        return np.full(len(CLASSES[SHAPE]), np.nan)
    return shape2d.shape_features(mask, spacing)[_PLACES[SHAPE]]


def textures_of(
    pixels: Pixels,
    mask: Mask,
    classes: Sequence[str],
    bins: int | None = None,
    width: float = 1.0,
    spacing: float = 1.0,
) -> dict[str, NDArray[np.float64]]:
    """Compute first-order and texture features of one image.

    Parameters
    ----------
    pixels : (rows, columns) float array
        The image.
    mask : (rows, columns) bool array
        The region, not empty.
    classes : sequence of str
        Of `CLASSES`; shape is passed over.
    bins : int, optional
        Number of bins between the region's smallest and largest value; without it bins are `width` wide.
    width : float
        As said.
    spacing : float
        Edge of a pixel.

    Returns
    -------
    dict of str to float array
        For each class its features in the order of `CLASSES`; NaN where undefined: all of an image that is constant
        in the region, textures of a region in which no pixel has a neighbour.
    """
    values = pixels[mask]
    levels = by_count(values, bins) if bins is not None else by_width(values, width)
    if levels is None:
        return {name: np.full(len(CLASSES[name]), np.nan) for name in classes if name != SHAPE}
    found = dict(_computed(values, levels, mask, set(classes), spacing))
    return {name: _finite(found[name][_PLACES[name]]) for name in classes if name != SHAPE}


def _computed(
    values: Pixels, levels: Levels, mask: Mask, classes: set[str], spacing: float
) -> Iterable[tuple[str, NDArray[np.float64]]]:
    highest = int(levels.max())
    laid = window(levels, mask)
    if "firstorder" in classes:
        yield "firstorder", firstorder.firstorder_features(values, levels, spacing)
    if "glszm" in classes:
        yield "glszm", sizes.size_features(*zones(laid, highest))
    if not classes & {"glcm", "glrlm", "gldm", "ngtdm"}:
        return
    found = survey(laid, highest)
    if "glcm" in classes:
        yield "glcm", glcm.glcm_features(found.pairs)
    if "glrlm" in classes:
        yield "glrlm", run_features(found.runs, laid)
    yield "gldm", sizes.size_features(found.dependences, _DEPENDENCE_SIZES)
    yield "ngtdm", ngtdm.ngtdm_features(found.dependences.sum(axis=1), found.differences)


def run_features(counts: NDArray[np.int64], laid: Levels) -> NDArray[np.float64]:
    """Average the features of runs over the directions in which two pixels of the region stand in one line.

    Parameters
    ----------
    counts : (4, highest + 1, longest + 1) int64 array
        As `sonomics.texture.passes.survey` gives them.
    laid : (rows, columns) int32 array
        The window they were counted in.

    Returns
    -------
    (16,) float array
        In the order of `sonomics.texture.sizes.RUNS`; all NaN when no line holds two pixels.
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


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)
