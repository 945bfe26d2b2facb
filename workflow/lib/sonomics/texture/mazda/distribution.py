"""MaZda's histogram and absolute gradient."""

import numpy as np
from numpy.typing import NDArray

HISTOGRAM = ("Mean", "Variance", "Skewness", "Kurtosis", "Perc.01%", "Perc.10%", "Perc.50%", "Perc.90%", "Perc.99%")
GRADIENT = ("GrMean", "GrVariance", "GrSkewness", "GrKurtosis", "GrNonZeros")
# MaZda's 5 x 5 neighbourhood: the gradient spans two pixels to either side.
REACH = 2

Values = NDArray[np.float64]


def histogram_features(levels: NDArray[np.int32]) -> Values:
    """Describe the distribution of grey levels.

    Parameters
    ----------
    levels : (n,) int32 array
        Levels of the region from 1, not empty; as grey levels they count from 0.

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
    reached = np.cumsum(shares)
    percentiles = [float(np.argmax(reached >= percent / 100 - 1e-12)) for percent in (1, 10, 50, 90, 99)]
    return np.array([*moments(levels.astype(np.float64) - 1), *percentiles])


def moments(values: Values) -> tuple[float, float, float, float]:
    """Compute mean, variance, skewness and excess kurtosis of a population; the last two NaN without variance."""
    apart = values - values.mean()
    variance = float((apart**2).mean())
    if variance == 0:
        return float(values.mean()), 0.0, np.nan, np.nan
    skewness, kurtosis = (apart**3).mean() / variance**1.5, (apart**4).mean() / variance**2 - 3
    return float(values.mean()), variance, float(skewness), float(kurtosis)


def gradient_features(laid: NDArray[np.int32], pad: int) -> Values:
    """Describe the absolute gradient.

    Parameters
    ----------
    laid : (rows, columns) int32 array
        A window of levels, 0 outside the region.
    pad : int
        Its padding, at least `REACH`.

    Returns
    -------
    (5,) float array
        In the order of `GRADIENT`: moments of sqrt((below - above)^2 + (right - left)^2), the neighbours two pixels
        away, and the share of pixels where it is not zero; over the pixels whose four neighbours are in the region.
        All NaN when there is none.

    Notes
    -----
    Materka & Strzelecki (1998), section 2.2.
    """
    middle = slice(pad, -pad)

    def shifted(rows: int, columns: int) -> NDArray[np.int32]:
        height, width = laid.shape
        return laid[pad + rows : height - pad + rows, pad + columns : width - pad + columns]

    above, below, left, right = shifted(-REACH, 0), shifted(REACH, 0), shifted(0, -REACH), shifted(0, REACH)
    inside = (laid[middle, middle] > 0) & (above > 0) & (below > 0) & (left > 0) & (right > 0)
    if not inside.any():
        return np.full(len(GRADIENT), np.nan)
    gradient = np.hypot((below - above)[inside].astype(float), (right - left)[inside].astype(float))
    return np.array([*moments(gradient), np.count_nonzero(gradient) / len(gradient)])
