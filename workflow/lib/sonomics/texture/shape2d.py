"""Shape of an outline from its marching-squares contour; names are PyRadiomics'."""

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.discretise import Mask, bounding_box

NAMES = (
    "Elongation",
    "MajorAxisLength",
    "MaximumDiameter",
    "MeshSurface",
    "MinorAxisLength",
    "Perimeter",
    "PerimeterSurfaceRatio",
    "PixelSurface",
    "Sphericity",
)
# Ratio of the eigenvalues up to which pixels lie on one oblique line but for rounding.
ROUNDING = 1e-13


def shape_features(mask: Mask, spacing: float = 1.0) -> NDArray[np.float64]:
    """Compute the shape of a region.

    Parameters
    ----------
    mask : (rows, columns) bool array
        The region, not empty.
    spacing : float
        Edge of a pixel; the unit of lengths.

    Returns
    -------
    (9,) float array
        In the order of `NAMES`.

    Notes
    -----
    The contour joins the midpoints between a pixel inside and one outside (marching squares, Lorensen & Cline 1987
    in the plane); surface and perimeter are its area and length, the diameter its widest extent. Axes are four times
    the roots of the eigenvalues of the pixels' covariance.
    """
    box = mask[bounding_box(mask)]
    surface, perimeter, doubled = _trace_contour(np.pad(box, 1).astype(np.int64))
    pixels = np.count_nonzero(box)
    minor, major = np.linalg.eigvalsh(_covariance(box.astype(np.float64)) * spacing**2)
    minor = minor if minor > ROUNDING * major else 0.0
    surface, perimeter = surface * spacing**2, perimeter * spacing
    return np.array(
        [
            np.sqrt(minor / major),
            4 * np.sqrt(major),
            _measure_diameter(doubled) * spacing,
            surface,
            4 * np.sqrt(minor),
            perimeter,
            perimeter / surface,
            pixels * spacing**2,
            2 * np.sqrt(np.pi * surface) / perimeter,
        ]
    )


def _covariance(inside: NDArray[np.float64]) -> NDArray[np.float64]:
    rows, columns = (np.arange(length) - (length - 1) / 2 for length in inside.shape)
    by_row, by_column, pixels = inside.sum(axis=1), inside.sum(axis=0), inside.sum()
    mean = np.array([by_row @ rows, by_column @ columns]) / pixels
    across = rows @ inside @ columns
    second = np.array([[by_row @ rows**2, across], [across, by_column @ columns**2]]) / pixels
    return np.asarray(second - np.outer(mean, mean))


@njit(cache=True)
def _trace_contour(inside: NDArray[np.int64]) -> tuple[float, float, NDArray[np.int32]]:
    """Trace the contour: return its area, its length, and its points times two, which makes them whole numbers."""
    rows, columns = inside.shape
    surface, perimeter = 0.0, 0.0
    doubled = np.empty((2 * rows * columns, 2), np.int32)
    count = 0
    slope = np.sqrt(0.5)
    for row in range(rows - 1):
        for column in range(columns - 1):
            here, right = inside[row, column], inside[row, column + 1]
            below, across = inside[row + 1, column], inside[row + 1, column + 1]
            corners = here + right + below + across
            if corners == 1:
                surface, perimeter = surface + 0.125, perimeter + slope
            elif corners == 3:
                surface, perimeter = surface + 0.875, perimeter + slope
            elif corners == 4:
                surface += 1
            elif corners == 2 and here == across:
                surface, perimeter = surface + 0.25, perimeter + 2 * slope
            elif corners == 2:
                surface, perimeter = surface + 0.5, perimeter + 1
            if here != right:
                doubled[count, 0], doubled[count, 1] = 2 * row, 2 * column + 1
                count += 1
            if here != below:
                doubled[count, 0], doubled[count, 1] = 2 * row + 1, 2 * column
                count += 1
    return surface, perimeter, doubled[:count]


def _measure_diameter(doubled: NDArray[np.int32]) -> float:
    hull = cv2.convexHull(doubled)[:, 0].astype(np.float64)
    apart = hull[:, np.newaxis] - hull
    return float(np.sqrt((apart**2).sum(axis=2).max())) / 2
