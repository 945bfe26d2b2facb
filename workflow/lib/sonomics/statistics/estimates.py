"""Results of statistics: estimates with intervals, tests, and why a value is not estimable."""

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
    """Return an all-NaN estimate with its reason."""
    return Estimate(np.nan, reason=reason)


def divide_where(estimable: ArrayLike, numerator: ArrayLike, denominator: ArrayLike) -> Floats:
    """Divide where the quotient is estimable; NaN elsewhere.

    Parameters
    ----------
    estimable : array_like of bool
        Any shape that broadcasts with the others, as do these.
    numerator, denominator : array_like
    """
    shape = np.broadcast_shapes(np.shape(numerator), np.shape(denominator))
    quotient = np.full(shape, np.nan)
    np.divide(numerator, denominator, out=quotient, where=np.asarray(estimable))
    return quotient


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
