"""First-order features: the distribution of grey levels, whatever their positions; names are PyRadiomics'."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.discretise import Levels, Pixels

NAMES = (
    "10Percentile",
    "90Percentile",
    "Energy",
    "Entropy",
    "InterquartileRange",
    "Kurtosis",
    "Maximum",
    "MeanAbsoluteDeviation",
    "Mean",
    "Median",
    "Minimum",
    "Range",
    "RobustMeanAbsoluteDeviation",
    "RootMeanSquared",
    "Skewness",
    "TotalEnergy",
    "Uniformity",
    "Variance",
)


def firstorder_features(values: Pixels, levels: Levels, spacing: float = 1.0) -> NDArray[np.float64]:
    """Compute first-order features.

    Parameters
    ----------
    values : (n,) float array
        Grey levels of the region, not empty.
    levels : (n,) int32 array
        The same grey levels discretised, from 1; entropy and uniformity are computed from these.
    spacing : float
        Edge of a pixel; total energy is multiplied by its cube.

    Returns
    -------
    (18,) float array
        In the order of `NAMES`. Skewness and kurtosis (3 for a normal distribution) are 0 when all values are equal.

    Notes
    -----
    Definitions of the IBSI reference manual (Zwanenburg et al., 2016, arXiv:1612.07003), percentiles interpolated
    linearly, entropy in bits.
    """
    return _compute(np.sort(values), levels, spacing)


@njit(cache=True)
def percentile(ordered: Pixels, percent: float) -> float:
    """Interpolate a percentile of sorted values linearly, as numpy does."""
    position = percent / 100 * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    share, step = position - below, ordered[above] - ordered[below]
    if share < 0.5:
        return float(ordered[below] + step * share)
    return float(ordered[above] - step * (1 - share))


@njit(cache=True)
def _moments(values: Pixels) -> tuple[float, float, float, float, float, float]:
    """Return the mean, and the means of squares, absolute, squared, cubed and fourth distances to the mean."""
    count, total = len(values), 0.0
    for pixel in range(count):
        total += values[pixel]
    mean = total / count
    squares, absolute, second, third, fourth = 0.0, 0.0, 0.0, 0.0, 0.0
    for pixel in range(count):
        distance = values[pixel] - mean
        square = distance * distance
        squares += values[pixel] * values[pixel]
        absolute += abs(distance)
        second += square
        third += square * distance
        fourth += square * square
    return mean, squares / count, absolute / count, second / count, third / count, fourth / count


@njit(cache=True)
def _find_first(ordered: Pixels, value: float, above: bool) -> int:
    """Find the position of the first sorted number that is at least a value, or above it; by bisection."""
    first, last = 0, len(ordered)
    while first < last:
        middle = (first + last) // 2
        if ordered[middle] < value or (above and ordered[middle] == value):
            first = middle + 1
        else:
            last = middle
    return first


@njit(cache=True)
def _compute(ordered: Pixels, levels: Levels, spacing: float) -> NDArray[np.float64]:
    count = len(ordered)
    low, high = percentile(ordered, 10), percentile(ordered, 90)
    mean, squares, absolute, second, third, fourth = _moments(ordered)
    inner = ordered[_find_first(ordered, low, False) : _find_first(ordered, high, True)]
    robust = _moments(inner)[2] if len(inner) else np.nan
    highest = 0
    for level in levels:
        highest = max(highest, level)
    histogram = np.zeros(highest + 1, np.int64)
    for level in levels:
        histogram[level] += 1
    entropy, uniformity = 0.0, 0.0
    for pixels in histogram:
        if pixels:
            share = pixels / count
            entropy -= share * np.log2(share + 2.0**-52)
            uniformity += share * share
    return np.array(
        [
            low,
            high,
            squares * count,
            entropy,
            percentile(ordered, 75) - percentile(ordered, 25),
            fourth / second**2 if second else 0.0,
            ordered[-1],
            absolute,
            mean,
            percentile(ordered, 50),
            ordered[0],
            ordered[-1] - ordered[0],
            robust,
            np.sqrt(squares),
            third / second**1.5 if second else 0.0,
            squares * count * spacing**3,
            uniformity,
            second,
        ]
    )
