"""Maximum likelihood of a small logistic model by damped Newton steps, which do not overflow."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from sonomics.statistics.estimates import Floats

_STEPS = 100


class LogisticFit(NamedTuple):
    """Coefficients, shape (p,), and their inverse-information covariance, shape (p, p); NaN without a maximum."""

    coefficients: Floats
    covariance: Floats


def fit_logistic(design: Floats, target: Floats, offset: Floats) -> LogisticFit:
    """Fit P(y = 1) = expit(offset + design b).

    Parameters
    ----------
    design : ndarray, shape (n, p)
        Columns of the model, the intercept among them.
    target : ndarray, shape (n,)
        Outcomes 0/1, or probabilities in [0, 1] (smoothed targets).
    offset : ndarray, shape (n,)
        Fixed part of the linear predictor.

    Returns
    -------
    LogisticFit
        NaN when the information is singular or the steps do not settle: a constant column, a separable outcome.
    """
    coefficients = np.zeros(design.shape[1])
    unknown = LogisticFit(np.full(coefficients.shape, np.nan), np.full((coefficients.size,) * 2, np.nan))
    for _ in range(_STEPS):
        fitted = expit(offset + design @ coefficients)
        information = (design * (fitted * (1 - fitted))[:, None]).T @ design
        if np.linalg.cond(information) > 1e14:
            return unknown
        step = np.linalg.solve(information, design.T @ (target - fitted))
        if np.abs(step).max() <= 1e-12 * (1 + np.abs(coefficients).max()):
            return LogisticFit(coefficients, np.linalg.inv(information))
        coefficients = _climb(design, target, offset, coefficients, step)
    return unknown


def log_likelihood(target: Floats, linear: Floats) -> float:
    """Return the Bernoulli log-likelihood of a linear predictor, natural logarithm, summed over the cases.

    Parameters
    ----------
    target, linear : ndarray, shape (n,)
    """
    return float((target * linear - np.logaddexp(0.0, linear)).sum())


def _climb(design: Floats, target: Floats, offset: Floats, start: Floats, step: Floats) -> Floats:
    reached = log_likelihood(target, offset + design @ start)
    for _ in range(60):
        if log_likelihood(target, offset + design @ (start + step)) >= reached - 1e-12 * abs(reached):
            break
        step = step / 2
    return start + step
