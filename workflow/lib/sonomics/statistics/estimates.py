"""What statistics return and accept: an estimate with its interval, a checked outcome, checked scores."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

ONE_CLASS = "only one class"


class Estimate(NamedTuple):
    """A point estimate with its confidence interval.

    Attributes
    ----------
    estimate, lower, upper : float
        Point value and bounds; NaN where not estimable.
    se : float
        Standard error; NaN where the method has none.
    reason : str
        Why a value is NaN; empty when everything is estimable.
    """

    estimate: float
    lower: float = np.nan
    upper: float = np.nan
    se: float = np.nan
    reason: str = ""


class SignificanceTest(NamedTuple):
    """A test statistic with its degrees of freedom, two-sided p value and the reason when they are NaN."""

    statistic: float
    df: float
    p: float
    reason: str = ""


def not_estimable(reason: str) -> Estimate:
    """Return an estimate of NaN that says why."""
    return Estimate(np.nan, reason=reason)


def outcome(y: ArrayLike) -> Booleans:
    """Return a binary outcome as booleans.

    Parameters
    ----------
    y : array_like, shape (n,)
        0 or 1, in any numeric or boolean type.

    Raises
    ------
    ValueError
        If a value is neither 0 nor 1; unknown outcomes (NaN) are the caller's to count and leave out.
    """
    values = np.asarray(y, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"an outcome is one-dimensional, not of shape {values.shape}")
    if not np.isin(values, (0.0, 1.0)).all():
        raise ValueError("an outcome holds only 0 and 1; leave unknown ones out and count them")
    return values == 1.0


def numbers(values: ArrayLike, length: int) -> Floats:
    """Return scores as float64 whose last axis has `length` elements.

    Raises
    ------
    ValueError
        If the length differs or a value is NaN.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] != length:
        raise ValueError(f"expected {length} values, got an array of shape {array.shape}")
    if np.isnan(array).any():
        raise ValueError("a score is NaN; leave unscored rows out and count them")
    return array


def normal_quantile(level: float) -> float:
    """Return z such that a two-sided normal interval estimate +/- z se has this confidence level.

    Raises
    ------
    ValueError
        If `level` is not strictly between 0 and 1.
    """
    if not 0.0 < level < 1.0:
        raise ValueError(f"a confidence level lies between 0 and 1, not {level}")
    return float(ndtri(0.5 + level / 2.0))
