"""Intraclass correlation coefficients (ICC) of measurements by several raters."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtrc, fdtri

from sonomics.statistics.estimates import Floats, divide_where

_ROUNDING = 1e-12


class MeanSquares(NamedTuple):
    """Two-way ANOVA mean squares of subjects, raters and error; NaN where a feature is constant."""

    subjects: Floats
    raters: Floats
    error: Floats


def mean_squares(values: ArrayLike) -> MeanSquares:
    """Compute the two-way analysis of variance without replication, of every feature at once.

    Parameters
    ----------
    values : array_like, shape (subjects, raters) or (subjects, raters, features)

    Returns
    -------
    MeanSquares
        Arrays of shape () or (features,). NaN for a feature that is constant (to 1e-12 of its size) or has a NaN.

    Raises
    ------
    ValueError
        With fewer than two subjects or two raters.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim not in (2, 3) or min(array.shape[:2]) < 2:
        raise ValueError(f"agreement needs at least two subjects and two raters, not an array of shape {array.shape}")
    n, k = array.shape[:2]
    # Centring first keeps the sums of squares exact for features of large offset.
    size = np.abs(array).max(axis=(0, 1))
    array = array - array.mean(axis=(0, 1))
    subject_means, rater_means = array.mean(axis=1, keepdims=True), array.mean(axis=0, keepdims=True)
    subjects = k * (subject_means**2).sum(axis=(0, 1)) / (n - 1)
    raters = n * (rater_means**2).sum(axis=(0, 1)) / (k - 1)
    error = ((array - subject_means - rater_means) ** 2).sum(axis=(0, 1)) / ((n - 1) * (k - 1))
    # Rounding errors of a zero variance must not count as a variance.
    raters, error = (np.where(square > (_ROUNDING * size) ** 2, square, 0.0) for square in (raters, error))
    varies = np.abs(array).max(axis=(0, 1)) > _ROUNDING * size
    return MeanSquares(*(np.where(varies, square, np.nan) for square in (subjects, raters, error)))


def icc21(values: ArrayLike) -> Floats:
    """Compute ICC(2,1) = ICC(A,1): absolute agreement of single measurements, two-way random effects.

    Parameters
    ----------
    values : array_like, shape (subjects, raters) or (subjects, raters, features)

    Returns
    -------
    ndarray, shape () or (features,)
        May be negative; NaN for constant features.

    References
    ----------
    Shrout PE, Fleiss JL, Psychol Bull 1979; McGraw KO, Wong SP, Psychol Methods 1996.
    """
    n, k = np.shape(values)[:2]
    squares = mean_squares(values)
    denominator = squares.subjects + (k - 1) * squares.error + k * (squares.raters - squares.error) / n
    return _divide(squares.subjects - squares.error, denominator)


def icc31(values: ArrayLike) -> Floats:
    """Compute ICC(3,1) = ICC(C,1): consistency of single measurements, fixed raters; otherwise as `icc21`."""
    k = np.shape(values)[1]
    squares = mean_squares(values)
    return _divide(squares.subjects - squares.error, squares.subjects + (k - 1) * squares.error)


def icc21_interval(values: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Compute the confidence bounds of ICC(2,1).

    Parameters
    ----------
    values : array_like, shape (subjects, raters) or (subjects, raters, features)
    level : float
        Confidence level.

    Returns
    -------
    lower, upper : ndarray, shape () or (features,)
        NaN for constant features; [1, 1] for perfect agreement.

    References
    ----------
    McGraw KO, Wong SP, Psychol Methods 1996 (with the correction of 1996;1:390).
    """
    n, k = np.shape(values)[:2]
    squares = mean_squares(values)
    rho = icc21(values)
    perfect = (squares.raters == 0) & (squares.error == 0)
    a = _divide(k * rho, n * (1 - rho))
    b = 1 + a * (n - 1)
    spread = (a * squares.raters) ** 2 / (k - 1) + (b * squares.error) ** 2 / ((n - 1) * (k - 1))
    df = _divide((a * squares.raters + b * squares.error) ** 2, spread)
    f_lower, f_upper = _f_quantile(n - 1, df, level), _f_quantile(df, n - 1, level)
    pooled = k * squares.raters + (k * n - k - n) * squares.error
    lower = _divide(n * (squares.subjects - f_lower * squares.error), f_lower * pooled + n * squares.subjects)
    upper = _divide(n * (f_upper * squares.subjects - squares.error), pooled + n * f_upper * squares.subjects)
    return np.where(perfect, 1.0, lower), np.where(perfect, 1.0, upper)


def icc31_interval(values: ArrayLike, level: float = 0.95) -> tuple[Floats, Floats]:
    """Compute the confidence bounds of ICC(3,1) (Shrout & Fleiss 1979); otherwise as `icc21_interval`."""
    n, k = np.shape(values)[:2]
    squares = mean_squares(values)
    df1, df2 = np.float64(n - 1), np.float64((n - 1) * (k - 1))
    f_lower, f_upper = _f_quantile(df1, df2, level), _f_quantile(df2, df1, level)
    lower = _divide(squares.subjects - f_lower * squares.error, squares.subjects + (k - 1) * f_lower * squares.error)
    upper = _divide(f_upper * squares.subjects - squares.error, f_upper * squares.subjects + (k - 1) * squares.error)
    return lower, upper


def subject_test(values: ArrayLike) -> tuple[Floats, Floats]:
    """Test by F whether subjects differ beyond the error of the raters.

    Parameters
    ----------
    values : array_like, shape (subjects, raters) or (subjects, raters, features)

    Returns
    -------
    statistic, p : ndarray, shape () or (features,)
        MS of subjects / MS of error, with (n - 1) and (n - 1)(k - 1) degrees of freedom. NaN for constant features;
        infinite, with p = 0, when the raters differ by a constant only.
    """
    n, k = np.shape(values)[:2]
    squares = mean_squares(values)
    exact = (squares.error == 0) & (squares.subjects > 0)
    statistic = np.where(exact, np.inf, _divide(squares.subjects, squares.error))
    finite = np.where(exact, 0.0, statistic)
    return statistic, np.where(exact, 0.0, fdtrc(n - 1, (n - 1) * (k - 1), finite))


def _f_quantile(df1: ArrayLike, df2: ArrayLike, level: float) -> Floats:
    return np.asarray(fdtri(df1, df2, 0.5 + level / 2), dtype=np.float64)


def _divide(numerator: Floats, denominator: Floats) -> Floats:
    return divide_where(np.asarray(denominator) != 0, numerator, denominator)
