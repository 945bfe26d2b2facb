"""Compare two AUCs, of the same cases or of different cases."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, stdtr

from sonomics.statistics.discrimination.auc import auc_interval, delong_covariance
from sonomics.statistics.estimates import ONE_CLASS, Floats, normal_quantile

NAN = float("nan")


class AucDifference(NamedTuple):
    """Difference of two AUCs, first minus second, with its DeLong test; NaN with a reason where not estimable."""

    auc_a: float
    auc_b: float
    difference: float
    lower: float
    upper: float
    se: float
    z: float
    p: float
    reason: str = ""


def delong_test(y: ArrayLike, a: ArrayLike, b: ArrayLike, level: float = 0.95) -> AucDifference:
    """Compare the AUCs of two scores of the same cases.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    a, b : array_like, shape (n,)
        Scores of the two models, row by row of the same cases.
    level : float
        Confidence level of the difference.

    Returns
    -------
    AucDifference
        a minus b. z and p are NaN when the difference has no variance (for example when both scores rank equally).

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL, Biometrics 1988.
    """
    scores = np.stack([np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)])
    return compare_aucs(*delong_covariance(y, scores), level, "fewer than two cases in a class")


def compare_aucs(aucs: Floats, covariance: Floats, level: float, too_few: str) -> AucDifference:
    """Test the difference of two AUCs, first minus second, from their covariance.

    Parameters
    ----------
    aucs : ndarray, shape (2,)
    covariance : ndarray, shape (2, 2)
    level : float
        Confidence level of the difference.
    too_few : str
        The reason when the covariance is NaN.
    """
    quantile = normal_quantile(level)
    auc_a, auc_b = (float(value) for value in aucs)
    difference = auc_a - auc_b
    variance = float(covariance[0, 0] + covariance[1, 1] - 2.0 * covariance[0, 1])
    nan = float("nan")
    if np.isnan(difference):
        return AucDifference(nan, nan, nan, nan, nan, nan, nan, nan, ONE_CLASS)
    if np.isnan(variance) or variance <= 1e-14:
        reason = too_few if np.isnan(variance) else "the difference has no variance"
        return AucDifference(auc_a, auc_b, difference, nan, nan, nan, nan, nan, reason)
    se = float(np.sqrt(variance))
    z = difference / se
    lower, upper = difference - quantile * se, difference + quantile * se
    return AucDifference(auc_a, auc_b, difference, lower, upper, se, z, float(2.0 * ndtr(-abs(z))))


class UnpairedAucDifference(NamedTuple):
    """AUC of one group of cases minus that of another; `df` and `p_welch` belong to the t test with Welch's df."""

    difference: float
    lower: float
    upper: float
    se: float
    z: float
    p: float
    df: float
    p_welch: float
    reason: str = ""


def unpaired_delong_test(
    y_a: ArrayLike, score_a: ArrayLike, y_b: ArrayLike, score_b: ArrayLike, level: float = 0.95
) -> UnpairedAucDifference:
    """Compare the AUCs of different cases, a minus b: two centres, two strata, training and test.

    Parameters
    ----------
    y_a, y_b : array_like of 0/1, shapes (n,), (k,)
    score_a, score_b : array_like, shapes (n,), (k,)
    level : float
        Confidence level of the difference.

    Returns
    -------
    UnpairedAucDifference
        NaN with a reason when an AUC or its variance is not estimable, or neither AUC has variance.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL, Biometrics 1988; Welch BL, Biometrika 1947.
    """
    area_a, area_b = auc_interval(y_a, score_a, level), auc_interval(y_b, score_b, level)
    difference = area_a.estimate - area_b.estimate
    if area_a.reason or area_b.reason:
        return UnpairedAucDifference(difference, NAN, NAN, NAN, NAN, NAN, NAN, NAN, area_a.reason or area_b.reason)
    variance = area_a.se**2 + area_b.se**2
    if variance <= 1e-14:
        reason = "the difference has no variance"
        return UnpairedAucDifference(difference, NAN, NAN, NAN, NAN, NAN, NAN, NAN, reason)
    se = float(np.sqrt(variance))
    z, half = difference / se, normal_quantile(level) * se
    df = variance**2 / (area_a.se**4 / (np.size(y_a) - 1) + area_b.se**4 / (np.size(y_b) - 1))
    p, p_welch = float(2 * ndtr(-abs(z))), float(2 * stdtr(df, -abs(z)))
    return UnpairedAucDifference(difference, difference - half, difference + half, se, z, p, df, p_welch)
