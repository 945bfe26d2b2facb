"""Cox's partial likelihood with Efron's handling of ties: its steps, maximum, baseline hazard."""

from typing import NamedTuple

import numpy as np

from sonomics.statistics.estimates import Booleans, Floats

# Standardised coefficients above it are taken for a likelihood that rises without end.
RUNAWAY = 10.0

_STEPS = 60
_LONGEST_STEP = 5.0
_BEYOND = 25.0


class RiskSets(NamedTuple):
    """Cases sorted by time and the Efron steps of the partial likelihood: d steps at a time with d events.

    Attributes
    ----------
    order : ndarray of int, shape (n,)
        Rows by ascending time.
    times : ndarray, shape (m,)
        Distinct event times, ascending.
    first : ndarray of int, shape (m,)
        Where, in sorted rows, the risk set of each event time begins.
    events : ndarray of int, shape (e,)
        Sorted rows that are events.
    at : ndarray of int, shape (e,)
        Event time of each event, and so of each step.
    share : ndarray, shape (e,)
        Share of the tied events that a step has already taken out: 0, 1/d ... (d - 1)/d.
    """

    order: np.ndarray
    times: Floats
    first: np.ndarray
    events: np.ndarray
    at: np.ndarray
    share: Floats


class Moments(NamedTuple):
    """Per step: total hazard weight, shape (e,), mean covariates (e, p) and their covariance (e, p, p) at risk."""

    log_weight: Floats
    mean: Floats
    covariance: Floats


class CoxFit(NamedTuple):
    """Coefficients, shape (p,), covariance (p, p), log-likelihood at zero and at the fit, score chi-square at zero.

    All NaN when no maximum was reached.
    """

    beta: Floats
    covariance: Floats
    null: float
    fitted: float
    score: float


def unfitted(count: int) -> CoxFit:
    """Return the fit of so many covariates that is not to be had."""
    return CoxFit(np.full(count, np.nan), np.full((count, count), np.nan), np.nan, np.nan, np.nan)


def risk_sets(times: Floats, happened: Booleans) -> RiskSets:
    """Sort follow-up into risk sets.

    Parameters
    ----------
    times : ndarray, shape (n,)
    happened : ndarray of bool, shape (n,)
    """
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    events = np.flatnonzero(happened[order])
    moments, at, tied = np.unique(ordered[events], return_inverse=True, return_counts=True)
    starts = np.cumsum(tied) - tied
    share = (np.arange(events.size) - starts[at]) / tied[at]
    return RiskSets(order, moments, np.searchsorted(ordered, moments, side="left"), events, at, share)


def moments(sets: RiskSets, design: Floats, beta: Floats) -> Moments:
    """Weighted moments of the covariates at every Efron step.

    Parameters
    ----------
    sets : RiskSets
    design : ndarray, shape (n, p)
        Rows in the order of the data.
    beta : ndarray, shape (p,)

    References
    ----------
    Efron B, J Am Stat Assoc 1977.
    """
    rows = design[sets.order]
    linear = rows @ beta
    largest = linear.max(initial=0.0)
    weight = np.exp(linear - largest)
    first = weight[:, None] * rows
    second = first[:, :, None] * rows[:, None, :]
    s0, s1, s2 = (_at_steps(sets, part) for part in (weight, first, second))
    mean = s1 / s0[:, None]
    return Moments(np.log(s0) + largest, mean, s2 / s0[:, None, None] - mean[:, :, None] * mean[:, None, :])


def log_partial_likelihood(sets: RiskSets, design: Floats, beta: Floats) -> float:
    """Log partial likelihood at any coefficients; arguments as `moments`."""
    linear = (design[sets.order] @ beta)[sets.events]
    return float(linear.sum() - moments(sets, design, beta).log_weight.sum())


def maximise(sets: RiskSets, design: Floats) -> CoxFit:
    """Maximise the partial likelihood by damped Newton steps.

    Parameters
    ----------
    sets : RiskSets
        With at least one event.
    design : ndarray, shape (n, p)
        Standardised columns, so that the steps are of one scale.

    Returns
    -------
    CoxFit
        NaN where the information is singular or the steps do not settle. Of a likelihood that rises without end, a
        coefficient beyond `RUNAWAY`, for the caller to judge, its covariance perhaps NaN.
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


def baseline_cumulative_hazard(sets: RiskSets, design: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Event times and Efron's cumulative hazard at each of them, for covariates of zero.

    Parameters are those of `moments`.

    Returns
    -------
    times, hazard : ndarray, shape (m,)
    """
    increments = np.exp(-moments(sets, design, beta).log_weight)
    return sets.times, np.cumsum(np.bincount(sets.at, increments, minlength=sets.times.size))


def _at_steps(sets: RiskSets, values: Floats) -> Floats:
    """Sum over the risk set of every step, its tied events counted by the share that is left of them."""
    at_risk = values[::-1].cumsum(axis=0)[::-1][sets.first]
    dying = np.zeros(at_risk.shape)
    np.add.at(dying, sets.at, values[sets.events])
    share = sets.share.reshape(-1, *(1,) * (values.ndim - 1))
    return np.asarray(at_risk[sets.at] - share * dying[sets.at], dtype=np.float64)
