"""Cox's partial likelihood with Efron's handling of ties: risk sets, moments, baseline hazard."""

from typing import NamedTuple

import numpy as np

from sonomics.statistics.estimates import Booleans, Floats


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
        Share of the tied events that earlier steps have removed: 0, 1/d ... (d - 1)/d.
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


def build_risk_sets(times: Floats, happened: Booleans) -> RiskSets:
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
    """Compute the weighted moments of the covariates at every Efron step.

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
    """Compute the log partial likelihood at any coefficients; arguments as `moments`."""
    linear = (design[sets.order] @ beta)[sets.events]
    return float(linear.sum() - moments(sets, design, beta).log_weight.sum())


def baseline_cumulative_hazard(sets: RiskSets, design: Floats, beta: Floats) -> tuple[Floats, Floats]:
    """Compute Efron's cumulative hazard at each event time, for covariates of zero.

    Parameters as `moments`.

    Returns
    -------
    times, hazard : ndarray, shape (m,)
    """
    increments = np.exp(-moments(sets, design, beta).log_weight)
    return sets.times, np.cumsum(np.bincount(sets.at, increments, minlength=sets.times.size))


def _at_steps(sets: RiskSets, values: Floats) -> Floats:
    """Sum over the risk set of every step, its tied events weighted by the share that is left of them."""
    at_risk = values[::-1].cumsum(axis=0)[::-1][sets.first]
    dying = np.zeros(at_risk.shape)
    np.add.at(dying, sets.at, values[sets.events])
    share = sets.share.reshape(-1, *(1,) * (values.ndim - 1))
    return np.asarray(at_risk[sets.at] - share * dying[sets.at], dtype=np.float64)
