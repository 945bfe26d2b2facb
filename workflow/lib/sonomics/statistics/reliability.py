"""Further summaries of calibration: joint intercept, observed to expected, log loss, Spiegelhalter, grouped error."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr, xlog1py, xlogy

from sonomics.statistics.calibration import clipped_logit, quantile_groups
from sonomics.statistics.estimates import ONE_CLASS, Estimate, SignificanceTest, normal_quantile, numbers, outcome
from sonomics.statistics.logistic import fit_logistic, log_likelihood

NAN = float("nan")


def site_recalibration(
    y: ArrayLike, probability: ArrayLike, level: float = 0.95
) -> tuple[Estimate, Estimate, SignificanceTest]:
    """Refit intercept and slope of the log odds at a new site: the joint logistic recalibration model.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        Outcomes at the new site.
    probability : array_like, shape (n,)
        Predictions of the frozen model, in [0, 1]; clipped to [1e-6, 1 - 1e-6].
    level : float
        Confidence level of the Wald intervals.

    Returns
    -------
    intercept, slope : Estimate
        Recalibrated log odds = intercept + slope x log odds; 0 and 1 if calibrated. NaN with a single class, a
        constant prediction or separated classes.
    test : SignificanceTest
        Likelihood ratio of (intercept, slope) against (0, 1), two degrees of freedom.

    References
    ----------
    Cox DR, Biometrika 1958; Vergouwe Y et al., Stat Med 2017 (updating in steps).
    """
    positive = outcome(y)
    predictor = clipped_logit(numbers(probability, positive.size))
    unknown = SignificanceTest(NAN, NAN, NAN, ONE_CLASS)
    if positive.all() or not positive.any():
        return Estimate(NAN, reason=ONE_CLASS), Estimate(NAN, reason=ONE_CLASS), unknown
    target = positive.astype(float)
    design = np.column_stack([np.ones(predictor.size), predictor])
    fit = fit_logistic(design, target, np.zeros(predictor.size))
    if np.isnan(fit.coefficients).any():
        reason = "the likelihood has no maximum"
        return Estimate(NAN, reason=reason), Estimate(NAN, reason=reason), unknown._replace(reason=reason)
    z, se = normal_quantile(level), np.sqrt(np.diag(fit.covariance))
    intercept, slope = (
        Estimate(float(value), float(value - z * error), float(value + z * error), float(error))
        for value, error in zip(fit.coefficients, se, strict=True)
    )
    statistic = 2 * (log_likelihood(target, design @ fit.coefficients) - log_likelihood(target, predictor))
    return intercept, slope, SignificanceTest(float(statistic), 2.0, float(chdtrc(2, max(0.0, statistic))))


def observed_to_expected(y: ArrayLike, probability: ArrayLike) -> float:
    """Return events over the sum of predictions; 1 is ideal, NaN when nothing is expected."""
    positive = outcome(y)
    expected = float(numbers(probability, positive.size).sum())
    return float(positive.sum() / expected) if expected > 0 else NAN


def null_brier(y: ArrayLike) -> float:
    """Brier score of predicting everybody the prevalence; NaN without cases."""
    positive = outcome(y)
    return float(positive.mean() * (1 - positive.mean())) if positive.size else NAN


def log_loss(y: ArrayLike, probability: ArrayLike) -> float:
    """Mean negative log-likelihood, natural logarithm; infinite when a certain prediction fails, NaN without cases."""
    positive = outcome(y)
    values = numbers(probability, positive.size)
    if not positive.size:
        return NAN
    return float(-(xlogy(positive, values) + xlog1py(~positive, -values)).mean())


def spiegelhalter(y: ArrayLike, probability: ArrayLike) -> SignificanceTest:
    """Spiegelhalter's z: does the Brier score fit the predictions?

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
    positive = outcome(y)
    values = numbers(probability, positive.size)
    variance = float(((1 - 2 * values) ** 2 * values * (1 - values)).sum())
    if variance <= 0:
        return SignificanceTest(NAN, NAN, NAN, "the predictions leave the Brier score no variance")
    z = float(((positive - values) * (1 - 2 * values)).sum() / np.sqrt(variance))
    return SignificanceTest(z, NAN, float(2 * ndtr(-abs(z))))


def expected_calibration_error(y: ArrayLike, probability: ArrayLike, groups: int = 10) -> float:
    """Mean of |observed share - mean prediction| over quantile groups, weighted by their size.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
    groups : int
        Wanted groups; equal quantiles are merged (see `calibration.quantile_groups`).

    Returns
    -------
    float
        NaN without cases. Grows with the number of groups; the ICI does not hang on groups.

    References
    ----------
    Naeini MP, Cooper GF, Hauskrecht M, AAAI 2015.
    """
    positive = outcome(y)
    values = numbers(probability, positive.size)
    if not values.size:
        return NAN
    group = quantile_groups(values, groups)
    return float(np.abs(np.bincount(group, positive - values)).sum() / values.size)
