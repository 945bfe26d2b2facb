"""Discretise grey levels, and lay them out in the padded window that the pixel passes walk over."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

Pixels = NDArray[np.float64]
Mask = NDArray[np.bool_]
Levels = NDArray[np.int32]


def discretise_by_count(values: Pixels, bins: int) -> Levels | None:
    """Discretise into a fixed number of bins of equal width between the smallest and the largest value.

    Parameters
    ----------
    values : (n,) float array
        Grey levels of the region.
    bins : int
        Number of bins.

    Returns
    -------
    (n,) int32 array or None
        Bin of each value, 1 to `bins`; None when the values leave no room for that many bins (they are constant).

    Notes
    -----
    Equation "fixed bin number" of the IBSI reference manual (Zwanenburg et al., 2016, arXiv:1612.07003), with the edges
    of numpy's histogram as in PyRadiomics, so that a value on an edge falls into the same bin.
    """
    edges = np.linspace(values.min(), values.max(), bins + 1)
    if (np.diff(edges) <= 0).any():
        return None
    edges[-1] += 1
    return _find_bins(values, edges)


def discretise_by_width(values: Pixels, width: float) -> Levels:
    """Discretise into bins of a fixed width, with edges at its multiples.

    Parameters
    ----------
    values : (n,) float array
        Grey levels of the region.
    width : float
        Width of a bin.

    Returns
    -------
    (n,) int32 array
        Bin of each value; that of the smallest value is 1.
    """
    return np.asarray((np.floor(values / width) - np.floor(values.min() / width)).astype(np.int32) + 1)


def lay_in_window(levels: Levels, mask: Mask, pad: int = 1) -> Levels:
    """Lay the levels of a region out in a window around it.

    Parameters
    ----------
    levels : (n,) int32 array
        Levels of the region's pixels, row by row.
    mask : (rows, columns) bool array
        The region, not empty.
    pad : int
        Rows and columns of zeros around the bounding box.

    Returns
    -------
    (box rows + 2 pad, box columns + 2 pad) int32 array
        0 outside the region.
    """
    return pad_levels(levels, np.ascontiguousarray(mask[bounding_box(mask)]), pad)


def bounding_box(mask: Mask) -> tuple[slice, slice]:
    """Return the rows and columns of a region that is not empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


@njit(cache=True)
def pad_levels(levels: Levels, box: Mask, pad: int) -> Levels:
    """Lay the levels of a region out in a window, as `lay_in_window` does, given the mask of its bounding box."""
    rows, columns = box.shape
    window = np.zeros((rows + 2 * pad, columns + 2 * pad), np.int32)
    pixel = 0
    for row in range(rows):
        for column in range(columns):
            if box[row, column]:
                window[pad + row, pad + column] = levels[pixel]
                pixel += 1
    return window


@njit(cache=True)
def _find_bins(values: Pixels, edges: Pixels) -> Levels:
    last = len(edges) - 2
    low = edges[0]
    scale = 1 / (edges[1] - low)
    levels = np.empty(len(values), np.int32)
    for pixel in range(len(values)):
        value = values[pixel]
        index = min(last, max(0, int((value - low) * scale)))
        while index > 0 and value < edges[index]:
            index -= 1
        while index < last and value >= edges[index + 1]:
            index += 1
        levels[pixel] = index + 1
    return levels
