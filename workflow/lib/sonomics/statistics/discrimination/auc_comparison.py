"""Further intervals of an AUC, and the comparison of AUCs of different cases."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit, ndtr, stdtr

from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.estimates import Estimate, normal_quantile

NAN = float("nan")


class UnpairedAucDifference(NamedTuple):
    """AUC of one group of cases minus that of another; `df` and `p_welch` are those of the t form with Welch's df."""

    difference: float
    lower: float
    upper: float
    se: float
    z: float
    p: float
    df: float
    p_welch: float
    reason: str = ""


def logit_interval(y: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """AUC with the DeLong standard error and an interval formed on the logit scale, which stays inside (0, 1).

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        expit(logit(AUC) +/- z se / (AUC (1 - AUC))). Bounds are NaN at an AUC of 0 or 1, where the logit is infinite.

    References
    ----------
    Pepe MS, The Statistical Evaluation of Medical Tests for Classification and Prediction, 2003.
    """
    area = auc_interval(y, score, level)
    if np.isnan(area.se):
        return area._replace(lower=NAN, upper=NAN)
    spread = area.estimate * (1 - area.estimate)
    if spread <= 0:
        return Estimate(area.estimate, se=area.se, reason="the logit of an AUC of 0 or 1 is infinite")
    half = normal_quantile(level) * area.se / spread
    centre = float(logit(area.estimate))
    return Estimate(area.estimate, float(expit(centre - half)), float(expit(centre + half)), area.se)


def hanley_mcneil_se(area: float, positives: int, negatives: int) -> float:
    """Return the standard error of an AUC under negative-exponential scores; NaN without one of the classes.

    References
    ----------
    Hanley JA, McNeil BJ, Radiology 1982.
    """
    if min(positives, negatives) < 1 or np.isnan(area):
        return NAN
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    return float(np.sqrt(max(0.0, variance) / (positives * negatives)))


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
    one, two = auc_interval(y_a, score_a, level), auc_interval(y_b, score_b, level)
    difference = one.estimate - two.estimate
    if one.reason or two.reason:
        return UnpairedAucDifference(difference, NAN, NAN, NAN, NAN, NAN, NAN, NAN, one.reason or two.reason)
    variance = one.se**2 + two.se**2
    if variance <= 1e-14:
        reason = "the difference has no variance"
        return UnpairedAucDifference(difference, NAN, NAN, NAN, NAN, NAN, NAN, NAN, reason)
    se = float(np.sqrt(variance))
    z, half = difference / se, normal_quantile(level) * se
    df = variance**2 / (one.se**4 / (np.size(y_a) - 1) + two.se**4 / (np.size(y_b) - 1))
    p, p_welch = float(2 * ndtr(-abs(z))), float(2 * stdtr(df, -abs(z)))
    return UnpairedAucDifference(difference, difference - half, difference + half, se, z, p, df, p_welch)
