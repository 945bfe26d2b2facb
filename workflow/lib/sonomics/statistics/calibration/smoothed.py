"""Calibration smoothed by loess: curve and errors."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.calibration.loess import LoessCurve, fit_loess, fit_loess_curve
from sonomics.statistics.estimates import ONE_CLASS
from sonomics.statistics.inputs import check_probabilities

NAN = float("nan")


class LoessErrors(NamedTuple):
    """Mean (ICI), median, 90 % quantile and maximum of |p - smoothed observed|; NaN with a reason when undefined."""

    ici: float
    e50: float
    e90: float
    emax: float
    reason: str = ""


def loess_errors(y: ArrayLike, probability: ArrayLike) -> LoessErrors:
    """Summarise the distances between prediction and loess-smoothed outcome (span 0.75, degree 2).

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)

    Returns
    -------
    LoessErrors
        NaN where loess is not estimable (see `loess.fit_loess`) or only one class is present.

    References
    ----------
    Austin PC, Steyerberg EW, Stat Med 2019.
    """
    positive, values = check_probabilities(y, probability)
    if positive.all() or not positive.any():
        return LoessErrors(NAN, NAN, NAN, NAN, ONE_CLASS)
    smoothed = fit_loess(values, positive.astype(float))
    if np.isnan(smoothed).any():
        return LoessErrors(NAN, NAN, NAN, NAN, "too few distinct predictions for loess")
    error = np.abs(values - smoothed)
    e50, e90, emax = (float(np.quantile(error, share)) for share in (0.5, 0.9, 1.0))
    return LoessErrors(float(error.mean()), e50, e90, emax)


def calibration_curve(y: ArrayLike, probability: ArrayLike, points: int = 101, level: float = 0.95) -> LoessCurve:
    """Smooth the observed share over the range of the prediction by loess, with a pointwise band in [0, 1].

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1].
    points : int
    level : float
        Confidence level of the band.

    Returns
    -------
    LoessCurve
        `points` equally spaced predictions; NaN where loess is not estimable.
    """
    positive, values = check_probabilities(y, probability)
    curve = fit_loess_curve(values, positive.astype(float), points, level)
    return LoessCurve(curve.x, *(np.clip(side, 0.0, 1.0) for side in (curve.fitted, curve.lower, curve.upper)))
