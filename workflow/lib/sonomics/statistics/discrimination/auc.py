"""Area under the ROC curve, its DeLong interval and tests."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from sonomics.statistics.estimates import (
    ONE_CLASS,
    Estimate,
    Floats,
    normal_quantile,
    not_estimable,
    numbers,
    outcome,
)


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


class RocCurve(NamedTuple):
    """Points of the empirical ROC curve from (0, 0) to (1, 1), one per distinct score, highest cutoff first.

    A score is positive when it is at or above `cutoff`; the first cutoff is infinite (nothing positive).
    """

    false_positive_rate: Floats
    true_positive_rate: Floats
    cutoff: Floats


def auc(y: ArrayLike, score: ArrayLike) -> float:
    """Area under the ROC curve, the Mann-Whitney probability with ties counted one half.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
        Higher means more likely positive; infinite scores are ranked, NaN is refused.

    Returns
    -------
    float
        In [0, 1]; NaN when only one class is present.

    References
    ----------
    Hanley JA, McNeil BJ, Radiology 1982.
    """
    positive = outcome(y)
    ranks = _ranks(numbers(score, positive.size)[None, :])[0]
    m, n = int(positive.sum()), int((~positive).sum())
    if m == 0 or n == 0:
        return float("nan")
    return float((ranks[positive].sum() - m * (m + 1) / 2) / (m * n))


def delong(y: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """AUCs of several scores of the same cases and their DeLong covariance matrix.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    scores : array_like, shape (m, n)
        One row per score.

    Returns
    -------
    aucs : ndarray, shape (m,)
        NaN when only one class is present.
    covariance : ndarray, shape (m, m)
        NaN when a class has fewer than two cases.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL, Biometrics 1988; by mid-ranks, Sun X, Xu W, IEEE Signal Process Lett 2014.
    """
    positive = outcome(y)
    values = np.atleast_2d(numbers(scores, positive.size))
    m, n = int(positive.sum()), int((~positive).sum())
    models = len(values)
    if m == 0 or n == 0:
        return np.full(models, np.nan), np.full((models, models), np.nan)
    of_positives, of_negatives = placements(positive, values)
    aucs = of_positives.mean(axis=1)
    if min(m, n) < 2:
        return aucs, np.full((models, models), np.nan)
    covariance = np.cov(of_positives, ddof=1) / m + np.cov(of_negatives, ddof=1) / n
    return aucs, covariance.reshape(models, models)


def placements(y: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """Share of the other class that each case outscores (positives) or is outscored by (negatives), ties one half.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        With both classes.
    scores : array_like, shape (..., n)

    Returns
    -------
    of_positives, of_negatives : ndarray, shapes (..., positives), (..., negatives)
        In the order of the rows; the mean of either is the AUC.
    """
    positive = outcome(y)
    values = numbers(scores, positive.size)
    rows = np.atleast_2d(values)
    ranks = _ranks(rows)
    of_positives = (ranks[:, positive] - _ranks(rows[:, positive])) / (~positive).sum()
    of_negatives = 1.0 - (ranks[:, ~positive] - _ranks(rows[:, ~positive])) / positive.sum()
    lead = values.shape[:-1]
    return of_positives.reshape(*lead, -1), of_negatives.reshape(*lead, -1)


def auc_interval(y: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """AUC with its DeLong standard error and Wald interval, cut to [0, 1].

    Returns
    -------
    Estimate
        All NaN with one class; AUC without interval when a class has a single case. A perfect separation has the
        degenerate interval [1, 1] of the method.

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL, Biometrics 1988.
    """
    z = normal_quantile(level)
    aucs, covariance = delong(y, np.atleast_2d(np.asarray(score, dtype=np.float64)))
    area, variance = float(aucs[0]), float(covariance[0, 0])
    if np.isnan(area):
        return not_estimable(ONE_CLASS)
    if np.isnan(variance):
        return Estimate(area, reason="fewer than two cases in a class")
    se = float(np.sqrt(variance))
    return Estimate(area, max(0.0, area - z * se), min(1.0, area + z * se), se)


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
        a minus b. z and p are NaN when the difference has no variance (for example two scores that rank alike).

    References
    ----------
    DeLong ER, DeLong DM, Clarke-Pearson DL, Biometrics 1988.
    """
    scores = np.stack([np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)])
    return auc_difference(*delong(y, scores), level, "fewer than two cases in a class")


def auc_difference(aucs: Floats, covariance: Floats, level: float, few: str) -> AucDifference:
    """Test of the difference of two AUCs, first minus second, from their covariance.

    Parameters
    ----------
    aucs : ndarray, shape (2,)
    covariance : ndarray, shape (2, 2)
    level : float
        Confidence level of the difference.
    few : str
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
        reason = few if np.isnan(variance) else "the difference has no variance"
        return AucDifference(auc_a, auc_b, difference, nan, nan, nan, nan, nan, reason)
    se = float(np.sqrt(variance))
    z = difference / se
    lower, upper = difference - quantile * se, difference + quantile * se
    return AucDifference(auc_a, auc_b, difference, lower, upper, se, z, float(2.0 * ndtr(-abs(z))))


def roc_curve(y: ArrayLike, score: ArrayLike) -> RocCurve:
    """Empirical ROC curve, for plotting.

    Returns
    -------
    RocCurve
        Arrays of k + 1 points for k distinct scores. A rate whose class is absent is NaN.
    """
    positive = outcome(y)
    values = numbers(score, positive.size)
    cutoffs, code = np.unique(values, return_inverse=True)
    positives = np.bincount(code[positive], minlength=cutoffs.size)[::-1].cumsum()
    negatives = np.bincount(code[~positive], minlength=cutoffs.size)[::-1].cumsum()
    return RocCurve(
        _share(negatives, int((~positive).sum())),
        _share(positives, int(positive.sum())),
        np.concatenate([[np.inf], cutoffs[::-1]]),
    )


def _share(counts: np.ndarray, total: int) -> Floats:
    with_origin = np.concatenate([[0.0], counts])
    return with_origin / total if total else np.full(with_origin.shape, np.nan)


def _ranks(rows: Floats) -> Floats:
    """Rank each row, ties averaged; scipy.stats would do the same, but takes a second to import."""
    import pandas as pd

    return pd.DataFrame(rows).rank(axis=1).to_numpy()
