"""Maximum of Cox's partial likelihood with Efron's handling of ties.

Ours, not lifelines': it does not halve its Newton steps, so it stops short of some maxima (of 1 in 60 with a strongly
skewed covariate), and it takes eight times as long.
"""

from typing import NamedTuple

import numpy as np

from sonomics.statistics.estimates import Floats
from sonomics.statistics.survival.partial_likelihood import RiskSets, log_partial_likelihood, moments

# A larger standardised coefficient means that the likelihood rises without end.
RUNAWAY = 10.0

_STEPS = 60
_LONGEST_STEP = 5.0
_BEYOND = 25.0


class CoxFit(NamedTuple):
    """A fitted partial likelihood; all NaN when no maximum was reached.

    Attributes
    ----------
    beta : ndarray, shape (p,)
        Coefficients.
    covariance : ndarray, shape (p, p)
        Of the coefficients, from the inverse information.
    null, fitted : float
        Log partial likelihood at zero and at the coefficients.
    score : float
        Score chi-square at zero.
    """

    beta: Floats
    covariance: Floats
    null: float
    fitted: float
    score: float


def unfitted(count: int) -> CoxFit:
    """Return an all-NaN fit for `count` covariates."""
    return CoxFit(np.full(count, np.nan), np.full((count, count), np.nan), np.nan, np.nan, np.nan)


def maximise_partial_likelihood(sets: RiskSets, design: Floats) -> CoxFit:
    """Maximise the partial likelihood by damped Newton steps.

    Parameters
    ----------
    sets : RiskSets
        With at least one event.
    design : ndarray, shape (n, p)
        Standardised columns, so that all steps have the same scale.

    Returns
    -------
    CoxFit
        NaN where the information is singular or the steps do not converge. For a likelihood that rises without end, a
        coefficient is beyond `RUNAWAY` and the covariance may be NaN; the caller decides.
    """
    count = design.shape[1]
    unknown = unfitted(count)
    beta = np.zeros(count)
    observed = design[sets.order][sets.events].sum(axis=0)
    null = reached = log_partial_likelihood(sets, design, beta)
    score = np.nan
    for step_number in range(_STEPS):
        now = moments(sets, design, beta)
        gradient = observed - now.mean.sum(axis=0)
        information = now.covariance.sum(axis=0)
        flat = not np.isfinite(information).all() or np.diag(information).min() <= 1e-12
        if flat or np.linalg.cond(information) > 1e14 or np.abs(beta).max() > _BEYOND:
            return unknown._replace(beta=beta) if np.abs(beta).max() > RUNAWAY else unknown
        step = np.linalg.solve(information, gradient)
        if step_number == 0:
            score = float(gradient @ step)
        if np.abs(step).max() <= 1e-10 * (1 + np.abs(beta).max()):
            return CoxFit(beta, np.linalg.inv(information), null, reached, score)
        step = step * min(1.0, _LONGEST_STEP / np.abs(step).max())
        for _ in range(40):
            after = log_partial_likelihood(sets, design, beta + step)
            if after >= reached - 1e-11 * abs(reached):
                break
            step = step / 2
        beta, reached = beta + step, after
    return unknown
