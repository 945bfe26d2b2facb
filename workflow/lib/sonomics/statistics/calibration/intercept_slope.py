"""Intercept, slope and observed-to-expected ratio of predicted probabilities."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc
from scipy.special import logit as log_odds

from sonomics.statistics.estimates import (
    ONE_CLASS,
    Booleans,
    Estimate,
    Floats,
    SignificanceTest,
    normal_quantile,
    not_estimable,
)
from sonomics.statistics.inputs import check_outcome, check_probabilities, check_scores
from sonomics.statistics.regression.logistic import fit_logistic, log_likelihood

NAN = float("nan")

NO_OVERLAP = "the classes do not overlap in the prediction"
# A forest may predict exactly 0 or 1, whose logit is infinite.
CLIP = 1e-6


def calibration_in_the_large(y: ArrayLike, probability: ArrayLike, level: float = 0.95) -> Estimate:
    """Estimate the intercept of the outcome with the logit of the prediction as offset; 0 is ideal.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1]; clipped to [1e-6, 1 - 1e-6] before the logit.
    level : float
        Confidence level of the Wald interval.

    Returns
    -------
    Estimate
        NaN with a single class.

    References
    ----------
    Cox DR, Biometrika 1958; Van Calster B et al., BMC Med 2019.
    """
    positive, values = check_probabilities(y, probability)
    if positive.all() or not positive.any():
        return not_estimable(ONE_CLASS)
    fit = fit_logistic(np.ones((values.size, 1)), positive.astype(float), clipped_logit(values))
    return _wald(fit.coefficients[0], fit.covariance[0, 0], level)


def calibration_slope(y: ArrayLike, probability: ArrayLike, level: float = 0.95) -> Estimate:
    """Estimate the slope of the outcome on the logit of the prediction; 1 is ideal, below 1 is too extreme.

    Parameters as `calibration_in_the_large`.

    Returns
    -------
    Estimate
        NaN when a cutoff separates the classes or all predictions are equal: then no finite maximum of the likelihood
        exists (Albert A, Anderson JA, Biometrika 1984).

    References
    ----------
    Cox DR, Biometrika 1958.
    """
    positive, values = check_probabilities(y, probability)
    if positive.all() or not positive.any():
        return not_estimable(ONE_CLASS)
    predictor = clipped_logit(values)
    if not _overlap(positive, predictor):
        return not_estimable(NO_OVERLAP)
    design = np.column_stack([np.ones(values.size), predictor])
    fit = fit_logistic(design, positive.astype(float), np.zeros(values.size))
    return _wald(fit.coefficients[1], fit.covariance[1, 1], level)


def clipped_logit(probability: ArrayLike) -> Floats:
    """Return the log odds of probabilities clipped to [1e-6, 1 - 1e-6]."""
    return np.asarray(log_odds(np.clip(np.asarray(probability, dtype=np.float64), CLIP, 1 - CLIP)), dtype=np.float64)


def recalibrate_at_site(
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
        Recalibrated log odds = intercept + slope x log odds; 0 and 1 mean that the predictions need no recalibration.
        NaN with a single class, a constant prediction or separated classes.
    test : SignificanceTest
        Likelihood ratio of (intercept, slope) against (0, 1), two degrees of freedom.

    References
    ----------
    Cox DR, Biometrika 1958; Vergouwe Y et al., Stat Med 2017 (updating in steps).
    """
    positive = check_outcome(y)
    predictor = clipped_logit(check_scores(probability, positive.size))
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
    """Divide the events by the sum of predictions; 1 is ideal, NaN when nothing is expected.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1].
    """
    positive = check_outcome(y)
    expected = float(check_scores(probability, positive.size).sum())
    return float(positive.sum() / expected) if expected > 0 else NAN


def _overlap(positive: Booleans, predictor: Floats) -> bool:
    cases, controls = predictor[positive], predictor[~positive]
    return bool(controls.max() > cases.min() and cases.max() > controls.min())


def _wald(estimate: float, variance: float, level: float) -> Estimate:
    if np.isnan(variance):
        return not_estimable("the likelihood has no maximum")
    half = normal_quantile(level) * float(np.sqrt(variance))
    return Estimate(float(estimate), float(estimate) - half, float(estimate) + half, float(np.sqrt(variance)))
