"""MaZda's features of the histogram and of the absolute gradient."""

import numpy as np
from numpy.typing import NDArray

HISTOGRAM = ("Mean", "Variance", "Skewness", "Kurtosis", "Perc.01%", "Perc.10%", "Perc.50%", "Perc.90%", "Perc.99%")
GRADIENT = ("GrMean", "GrVariance", "GrSkewness", "GrKurtosis", "GrNonZeros")
# Pixels to either side that the gradient spans: MaZda's neighbourhood is 5 x 5.
REACH = 2

Values = NDArray[np.float64]


def histogram_features(levels: NDArray[np.int32]) -> Values:
    """Compute the moments and percentiles of grey levels.

    Parameters
    ----------
    levels : (n,) int32 array
        Levels of the region from 1, not empty; the features count them from 0.

    Returns
    -------
    (9,) float array
        In the order of `HISTOGRAM`. Kurtosis is 0 for a normal distribution; it and skewness are NaN when all levels
        are equal. A percentile is the lowest level with at least that share of pixels at or below it.

    Notes
    -----
    Materka & Strzelecki (1998), Texture analysis methods - a review, COST B11 report, section 2.1.
    """
    shares = np.bincount(levels - 1) / len(levels)
    cumulative = np.cumsum(shares)
    percentiles = [float(np.argmax(cumulative >= percent / 100 - 1e-12)) for percent in (1, 10, 50, 90, 99)]
    return np.array([*moments(levels.astype(np.float64) - 1), *percentiles])


def moments(values: Values) -> tuple[float, float, float, float]:
    """Compute mean, variance, skewness and excess kurtosis of a population; the last two NaN without variance."""
    distances = values - values.mean()
    variance = float((distances**2).mean())
    if variance == 0:
        return float(values.mean()), 0.0, np.nan, np.nan
    skewness, kurtosis = (distances**3).mean() / variance**1.5, (distances**4).mean() / variance**2 - 3
    return float(values.mean()), variance, float(skewness), float(kurtosis)


def gradient_features(window: NDArray[np.int32], pad: int) -> Values:
    """Compute the moments of the absolute gradient.

    Parameters
    ----------
    window : (rows, columns) int32 array
        Levels, 0 outside the region.
    pad : int
        Padding of the window, at least `REACH`.

    Returns
    -------
    (5,) float array
        In the order of `GRADIENT`: moments of sqrt((below - above)^2 + (right - left)^2), the neighbours two pixels
        away, and the share of pixels where it is not zero; over the pixels whose four neighbours are in the region.
        All NaN when there is no such pixel.

    Notes
    -----
    Materka & Strzelecki (1998), section 2.2.
    """
    middle = slice(pad, -pad)

    def shift(rows: int, columns: int) -> NDArray[np.int32]:
        height, width = window.shape
        return window[pad + rows : height - pad + rows, pad + columns : width - pad + columns]

    above, below, left, right = shift(-REACH, 0), shift(REACH, 0), shift(0, -REACH), shift(0, REACH)
    usable = (window[middle, middle] > 0) & (above > 0) & (below > 0) & (left > 0) & (right > 0)
    if not usable.any():
        return np.full(len(GRADIENT), np.nan)
    gradient = np.hypot((below - above)[usable].astype(float), (right - left)[usable].astype(float))
    return np.array([*moments(gradient), np.count_nonzero(gradient) / len(gradient)])
