"""Features of a matrix of levels by sizes: lengths of runs, areas and distances of zones, dependent neighbours.

One set of formulas serves all (Galloway 1975; Chu 1990; Dasarathy & Holder 1991; Thibault 2009, 2014; Sun & Wee 1983).
Names are PyRadiomics', and those of the image biomarker standard where PyRadiomics has none.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.counts import Counts

RUNS = (
    "ShortRunEmphasis",
    "LongRunEmphasis",
    "GrayLevelNonUniformity",
    "GrayLevelNonUniformityNormalized",
    "RunLengthNonUniformity",
    "RunLengthNonUniformityNormalized",
    "RunPercentage",
    "GrayLevelVariance",
    "RunVariance",
    "RunEntropy",
    "LowGrayLevelRunEmphasis",
    "HighGrayLevelRunEmphasis",
    "ShortRunLowGrayLevelEmphasis",
    "ShortRunHighGrayLevelEmphasis",
    "LongRunLowGrayLevelEmphasis",
    "LongRunHighGrayLevelEmphasis",
)
ZONES = (
    "SmallAreaEmphasis",
    "LargeAreaEmphasis",
    "GrayLevelNonUniformity",
    "GrayLevelNonUniformityNormalized",
    "SizeZoneNonUniformity",
    "SizeZoneNonUniformityNormalized",
    "ZonePercentage",
    "GrayLevelVariance",
    "ZoneVariance",
    "ZoneEntropy",
    "LowGrayLevelZoneEmphasis",
    "HighGrayLevelZoneEmphasis",
    "SmallAreaLowGrayLevelEmphasis",
    "SmallAreaHighGrayLevelEmphasis",
    "LargeAreaLowGrayLevelEmphasis",
    "LargeAreaHighGrayLevelEmphasis",
)
# The two empty names are not features here: one is first-order uniformity, the other is always 1.
DEPENDENCES = (
    "SmallDependenceEmphasis",
    "LargeDependenceEmphasis",
    "GrayLevelNonUniformity",
    "",
    "DependenceNonUniformity",
    "DependenceNonUniformityNormalized",
    "",
    "GrayLevelVariance",
    "DependenceVariance",
    "DependenceEntropy",
    "LowGrayLevelEmphasis",
    "HighGrayLevelEmphasis",
    "SmallDependenceLowGrayLevelEmphasis",
    "SmallDependenceHighGrayLevelEmphasis",
    "LargeDependenceLowGrayLevelEmphasis",
    "LargeDependenceHighGrayLevelEmphasis",
)
DISTANCES = (
    "SmallDistanceEmphasis",
    "LargeDistanceEmphasis",
    "GrayLevelNonUniformity",
    "GrayLevelNonUniformityNormalized",
    "ZoneDistanceNonUniformity",
    "ZoneDistanceNonUniformityNormalized",
    "ZonePercentage",
    "GrayLevelVariance",
    "ZoneDistanceVariance",
    "ZoneDistanceEntropy",
    "LowGrayLevelZoneEmphasis",
    "HighGrayLevelZoneEmphasis",
    "SmallDistanceLowGrayLevelEmphasis",
    "SmallDistanceHighGrayLevelEmphasis",
    "LargeDistanceLowGrayLevelEmphasis",
    "LargeDistanceHighGrayLevelEmphasis",
)
# The empty name is always 1 here: every pixel is counted.
NEIGHBOURS = (
    "LowDependenceEmphasis",
    "HighDependenceEmphasis",
    "GrayLevelNonUniformity",
    "GrayLevelNonUniformityNormalized",
    "DependenceCountNonUniformity",
    "DependenceCountNonUniformityNormalized",
    "",
    "GrayLevelVariance",
    "DependenceCountVariance",
    "DependenceCountEntropy",
    "LowGrayLevelCountEmphasis",
    "HighGrayLevelCountEmphasis",
    "LowDependenceLowGrayLevelEmphasis",
    "LowDependenceHighGrayLevelEmphasis",
    "HighDependenceLowGrayLevelEmphasis",
    "HighDependenceHighGrayLevelEmphasis",
    "DependenceCountEnergy",
)


@njit(cache=True)
def size_features(counts: Counts, sizes: Counts) -> NDArray[np.float64]:
    """Compute the 16 features of a matrix of levels by sizes.

    Parameters
    ----------
    counts : (highest + 1, sizes) int64 array
        Number of runs, zones or pixels of each level (row; row 0 is ignored) and size (column).
    sizes : (sizes,) int64 array
        The size of each column; a column of size 0 must be empty.

    Returns
    -------
    (16,) float array
        In the order of `RUNS`; all NaN when nothing was counted.
    """
    values = np.zeros(16)
    by_level, by_size = np.zeros(len(counts)), np.zeros(len(sizes))
    for level in range(1, len(counts)):
        for column in range(len(sizes)):
            by_level[level] += counts[level, column]
            by_size[column] += counts[level, column]
    total = by_level.sum()
    if total == 0:
        return np.full(16, np.nan)
    pixels, mean_level, mean_size = 0.0, 0.0, 0.0
    for level in range(1, len(counts)):
        mean_level += by_level[level] * level / total
        values[2] += by_level[level] ** 2 / total
        values[10] += by_level[level] / level**2 / total
        values[11] += by_level[level] * level**2 / total
    for column in range(len(sizes)):
        if by_size[column]:
            size = float(sizes[column])
            pixels += by_size[column] * size
            mean_size += by_size[column] * size / total
            values[0] += by_size[column] / size**2 / total
            values[1] += by_size[column] * size**2 / total
            values[4] += by_size[column] ** 2 / total
    values[3], values[5], values[6] = values[2] / total, values[4] / total, total / pixels
    for level in range(1, len(counts)):
        values[7] += by_level[level] / total * (level - mean_level) ** 2
    for column in range(len(sizes)):
        values[8] += by_size[column] / total * (sizes[column] - mean_size) ** 2
    tiny = 2.0**-52
    for level in range(1, len(counts)):
        grey = float(level) ** 2
        for column in range(len(sizes)):
            if counts[level, column]:
                share, extent = counts[level, column] / total, float(sizes[column]) ** 2
                values[9] -= share * np.log2(share + tiny)
                values[12] += share / (grey * extent)
                values[13] += share * grey / extent
                values[14] += share * extent / grey
                values[15] += share * grey * extent
    return values


def distance_features(counts: Counts, pixels: int) -> NDArray[np.float64]:
    """Compute the 16 features of a matrix of levels by distances of zones.

    Parameters
    ----------
    counts : (highest + 1, farthest + 1) int64 array
        From `sonomics.texture.zones.count_zone_distances`.
    pixels : int
        Number of pixels of the region.

    Returns
    -------
    (16,) float array
        In the order of `DISTANCES`; all NaN when nothing was counted.
    """
    features = size_features(counts, np.arange(counts.shape[1]))
    features[DISTANCES.index("ZonePercentage")] = counts[1:].sum() / pixels if pixels else np.nan
    return features


def neighbour_features(dependences: Counts) -> NDArray[np.float64]:
    """Compute the features of neighbouring grey-level dependence, coarseness 0 (Sun & Wee 1983).

    Parameters
    ----------
    dependences : (highest + 1, 10) int64 array
        From `sonomics.texture.counts.compare_neighbours`.

    Returns
    -------
    (17,) float array
        In the order of `NEIGHBOURS`; all NaN when nothing was counted.
    """
    features = size_features(dependences, np.arange(dependences.shape[1]))
    shares = dependences[1:] / max(dependences[1:].sum(), 1)
    energy = float((shares**2).sum()) if np.isfinite(features[0]) else np.nan
    return np.append(features, energy)
