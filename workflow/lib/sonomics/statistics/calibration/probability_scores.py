"""Scores of predicted probabilities: Brier, log loss, and Spiegelhalter's test."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, xlog1py, xlogy

from sonomics.statistics.estimates import SignificanceTest
from sonomics.statistics.inputs import check_outcome, check_probabilities, check_scores

NAN = float("nan")


def brier(y: ArrayLike, probability: ArrayLike) -> float:
    """Compute the mean squared difference of outcome and prediction.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1].

    Returns
    -------
    float
        NaN without cases.

    References
    ----------
    Brier GW, Mon Weather Rev 1950.
    """
    positive, values = check_probabilities(y, probability)
    return float(np.mean((positive - values) ** 2)) if values.size else NAN


def scaled_brier(y: ArrayLike, probability: ArrayLike) -> float:
    """Compute 1 - Brier / Brier of the prevalence; otherwise as `brier`.

    Returns
    -------
    float
        NaN with a single class.

    References
    ----------
    Steyerberg EW et al., Epidemiology 2010.
    """
    positive, values = check_probabilities(y, probability)
    prevalence = positive.mean() if positive.size else NAN
    worst = prevalence * (1 - prevalence)
    return float(1 - brier(positive, values) / worst) if worst > 0 else NAN


def null_brier(y: ArrayLike) -> float:
    """Compute the Brier score of predicting the prevalence for everybody; NaN without cases."""
    positive = check_outcome(y)
    return float(positive.mean() * (1 - positive.mean())) if positive.size else NAN


def log_loss(y: ArrayLike, probability: ArrayLike) -> float:
    """Compute the mean negative log-likelihood, natural logarithm; parameters as `brier`.

    Returns
    -------
    float
        Infinite when a certain prediction fails, NaN without cases.
    """
    positive = check_outcome(y)
    values = check_scores(probability, positive.size)
    if not positive.size:
        return NAN
    return float(-(xlogy(positive, values) + xlog1py(~positive, -values)).mean())


def spiegelhalter_test(y: ArrayLike, probability: ArrayLike) -> SignificanceTest:
    """Test by Spiegelhalter's z whether the Brier score is the one that the predictions imply.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)

    Returns
    -------
    SignificanceTest
        z = sum((y - p)(1 - 2p)) / sqrt(sum((1 - 2p)^2 p (1 - p))); NaN when all predictions are 0, 1/2 or 1.

    References
    ----------
    Spiegelhalter DJ, Stat Med 1986.
    """
    positive = check_outcome(y)
    values = check_scores(probability, positive.size)
    variance = float(((1 - 2 * values) ** 2 * values * (1 - values)).sum())
    if variance <= 0:
        return SignificanceTest(NAN, NAN, NAN, "the predictions leave the Brier score no variance")
    z = float(((positive - values) * (1 - 2 * values)).sum() / np.sqrt(variance))
    return SignificanceTest(z, NAN, float(2 * ndtr(-abs(z))))
