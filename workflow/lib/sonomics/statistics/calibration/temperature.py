"""Temperature scaling of the probabilities of several classes, fitted on training rows."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import softmax

from sonomics.statistics.calibration.class_probabilities import check_class_probabilities
from sonomics.statistics.estimates import Floats

_STEEPEST = 1e4


class Temperature(NamedTuple):
    """The temperature with the smallest log loss; NaN with a reason where there is none."""

    temperature: float
    reason: str = ""


def fit_temperature(y: ArrayLike, probabilities: ArrayLike, classes: Sequence[str | int]) -> Temperature:
    """Find the temperature T at which softmax(log p / T) has the smallest log loss.

    Parameters
    ----------
    y : array_like, shape (n,)
        True class of every training case.
    probabilities : array_like, shape (n, classes)
    classes : sequence of str
        Class of every column.

    Returns
    -------
    Temperature
        Above 1 where predictions were too certain. NaN with a reason: no cases; a true class of probability 0; every
        true class the largest of its row (the smaller T, the better); predictions no better than equal ones.

    Raises
    ------
    ValueError
        As `class_probabilities.class_log_loss`.

    References
    ----------
    Guo C et al., ICML 2017.
    """
    code, values = check_class_probabilities(y, probabilities, classes)
    if not code.size:
        return Temperature(np.nan, "no cases")
    own = values[np.arange(code.size), code]
    if (own == 0).any():
        return Temperature(np.nan, "a true class has probability 0")
    relative = np.log(np.where(values > 0, values, 1.0)) - np.log(own)[:, None]

    def slope(steepness: float) -> float:
        """Differentiate the log loss, convex in 1 / T."""
        weight = softmax(np.where(values > 0, steepness * relative, -np.inf), axis=1)
        return float((weight * relative).sum(axis=1).mean())

    if slope(0.0) >= 0:
        return Temperature(np.nan, "the predictions are no better than equal ones")
    high = 1.0
    while slope(high) <= 0:
        high *= 2
        if high > _STEEPEST:
            return Temperature(np.nan, "every true class has the largest probability of its row")
    return Temperature(1 / float(brentq(slope, 0.0, high, xtol=1e-14, rtol=1e-13)))


def apply_temperature(temperature: float, probabilities: ArrayLike) -> Floats:
    """Compute softmax(log p / T), row by row.

    Parameters
    ----------
    temperature : float
        Positive; NaN gives NaN.
    probabilities : array_like, shape (n, classes)

    Returns
    -------
    ndarray, shape (n, classes)
    """
    with np.errstate(divide="ignore"):
        logs = np.log(np.asarray(probabilities, dtype=np.float64))
    return np.asarray(softmax(logs / temperature, axis=1), dtype=np.float64)
