"""MaZda's geometry of an outline: those of its parameters that a closed formula defines."""

import numpy as np
from numpy.typing import NDArray

from sonomics.texture import shape2d
from sonomics.texture.discretise import Mask

GEOMETRY = ("GeoF", "GeoFh", "GeoFv", "GeoU", "GeoFmax", "GeoD1", "GeoD2", "GeoRc")
_PERIMETER, _DIAMETER = shape2d.NAMES.index("Perimeter"), shape2d.NAMES.index("MaximumDiameter")


def measure_geometry(mask: Mask, spacing: float) -> NDArray[np.float64]:
    """Measure the outline of a region.

    Parameters
    ----------
    mask : (rows, columns) bool array
        The region, not empty.
    spacing : float
        Edge of a pixel; the unit of lengths.

    Returns
    -------
    (8,) float array
        In the order of `GEOMETRY`: area F; horizontal and vertical Feret diameter (sides of the bounding box);
        perimeter U; largest diameter; diameter of the circle of equal area, 2 sqrt(F / pi), and of equal perimeter,
        U / pi; circularity 4 pi F / U^2. Perimeter and largest diameter are those of the marching-squares contour; they
        and what needs them are NaN without two pixels in both directions.

    Notes
    -----
    Szczypiński, Strzelecki, Materka & Klepaczko (2009), Comput Meth Prog Biomed 94:66.
    """
    rows, columns = np.nonzero(mask)
    high, wide = (np.ptp(rows) + 1) * spacing, (np.ptp(columns) + 1) * spacing
    area = len(rows) * spacing**2
    perimeter, diameter = np.nan, np.nan
    if np.ptp(rows) and np.ptp(columns):
        shape = shape2d.shape_features(mask, spacing)
        perimeter, diameter = shape[_PERIMETER], shape[_DIAMETER]
    circle = 2 * np.sqrt(area / np.pi)
    return np.array([area, wide, high, perimeter, diameter, circle, perimeter / np.pi, 4 * np.pi * area / perimeter**2])
