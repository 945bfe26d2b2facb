"""Area under the ROC curve (AUC) with its standard errors and intervals."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from sonomics.statistics.estimates import ONE_CLASS, Estimate, Floats, normal_quantile, not_estimable
from sonomics.statistics.inputs import check_outcome, check_scores

NAN = float("nan")


def auc(y: ArrayLike, score: ArrayLike) -> float:
    """Compute the area under the ROC curve, the Mann-Whitney probability with ties counted one half.

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
    positive = check_outcome(y)
    ranks = _ranks(check_scores(score, positive.size)[None, :])[0]
    m, n = int(positive.sum()), int((~positive).sum())
    if m == 0 or n == 0:
        return float("nan")
    return float((ranks[positive].sum() - m * (m + 1) / 2) / (m * n))


def delong_covariance(y: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """Compute the AUCs of several scores of the same cases and their DeLong covariance matrix.

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
    positive = check_outcome(y)
    values = np.atleast_2d(check_scores(scores, positive.size))
    m, n = int(positive.sum()), int((~positive).sum())
    models = len(values)
    if m == 0 or n == 0:
        return np.full(models, np.nan), np.full((models, models), np.nan)
    of_positives, of_negatives = placement_values(positive, values)
    aucs = of_positives.mean(axis=1)
    if min(m, n) < 2:
        return aucs, np.full((models, models), np.nan)
    covariance = np.cov(of_positives, ddof=1) / m + np.cov(of_negatives, ddof=1) / n
    return aucs, covariance.reshape(models, models)


def placement_values(y: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """Compute the share of the other class below each positive and above each negative, ties one half.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        With both classes.
    scores : array_like, shape (..., n)

    Returns
    -------
    of_positives, of_negatives : ndarray, shapes (..., positives), (..., negatives)
        In the order of the rows; the mean of each is the AUC.
    """
    positive = check_outcome(y)
    values = check_scores(scores, positive.size)
    rows = np.atleast_2d(values)
    ranks = _ranks(rows)
    of_positives = (ranks[:, positive] - _ranks(rows[:, positive])) / (~positive).sum()
    of_negatives = 1.0 - (ranks[:, ~positive] - _ranks(rows[:, ~positive])) / positive.sum()
    leading = values.shape[:-1]
    return of_positives.reshape(*leading, -1), of_negatives.reshape(*leading, -1)


def auc_interval(y: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """Compute an AUC with its DeLong standard error and Wald interval, cut to [0, 1].

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    level : float
        Confidence level.

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
    aucs, covariance = delong_covariance(y, np.atleast_2d(np.asarray(score, dtype=np.float64)))
    area, variance = float(aucs[0]), float(covariance[0, 0])
    if np.isnan(area):
        return not_estimable(ONE_CLASS)
    if np.isnan(variance):
        return Estimate(area, reason="fewer than two cases in a class")
    se = float(np.sqrt(variance))
    return Estimate(area, max(0.0, area - z * se), min(1.0, area + z * se), se)


def auc_logit_interval(y: ArrayLike, score: ArrayLike, level: float = 0.95) -> Estimate:
    """Compute an AUC with an interval formed on the logit scale, which stays inside (0, 1).

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
    """Compute the standard error of an AUC under negative-exponential scores; NaN without one of the classes.

    Parameters
    ----------
    area : float
    positives, negatives : int

    References
    ----------
    Hanley JA, McNeil BJ, Radiology 1982.
    """
    if min(positives, negatives) < 1 or np.isnan(area):
        return NAN
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    variance = area * (1 - area) + (positives - 1) * (q1 - area**2) + (negatives - 1) * (q2 - area**2)
    return float(np.sqrt(max(0.0, variance) / (positives * negatives)))


def _ranks(rows: Floats) -> Floats:
    """Rank each row, ties averaged; scipy.stats would do the same, but takes a second to import."""
    import pandas as pd

    return pd.DataFrame(rows).rank(axis=1).to_numpy()
