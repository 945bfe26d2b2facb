"""Right-censored survival: Kaplan-Meier and log-rank tests."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from sonomics.statistics.estimates import (
    Booleans,
    Estimate,
    Floats,
    SignificanceTest,
    normal_quantile,
    numbers,
    outcome,
)

NAN = float("nan")


class KaplanMeier(NamedTuple):
    """Kaplan-Meier curve as steps: one point per distinct time, from time 0.

    Attributes
    ----------
    time : ndarray, shape (k,)
        0 and the distinct times, ascending; units of the input.
    survival, se, lower, upper : ndarray, shape (k,)
        Survival from that time on, Greenwood standard error, log-log bounds; bounds are NaN where survival is 1 or 0.
    at_risk, events, censored : ndarray of int, shape (k,)
        Subjects with follow-up of at least that time; events and censorings at it.
    median : Estimate
        The middle of the times where the curve is exactly 0.5, as R and SAS; NaN when not reached, bounds likewise.
    """

    time: Floats
    survival: Floats
    se: Floats
    lower: Floats
    upper: Floats
    at_risk: np.ndarray
    events: np.ndarray
    censored: np.ndarray
    median: Estimate


class LogRank(NamedTuple):
    """Log-rank test with `groups`: one row per group, ascending, with `n, observed, expected`."""

    test: SignificanceTest
    groups: pd.DataFrame


def kaplan_meier(time: ArrayLike, event: ArrayLike, level: float = 0.95) -> KaplanMeier:
    """Kaplan-Meier estimate with log-log confidence bounds.

    Parameters
    ----------
    time : array_like, shape (n,)
        Follow-up, not negative.
    event : array_like of 0/1, shape (n,)
        1 = event, 0 = censored.
    level : float
        Confidence level.

    Raises
    ------
    ValueError
        Without cases, or if a time is negative or NaN.

    References
    ----------
    Kaplan EL, Meier P, J Am Stat Assoc 1958; Kalbfleisch JD, Prentice RL, 1980 (log-log bounds).
    """
    happened, times = follow_up(time, event)
    steps = np.unique(np.concatenate([[0.0], times]))
    at_risk = times.size - np.searchsorted(np.sort(times), steps, side="left")
    events = _count(times[happened], steps)
    survival = np.cumprod(1 - events / at_risk).astype(np.float64)
    alive = at_risk > events
    greenwood = np.cumsum(np.divide(events, at_risk * (at_risk - events), out=np.zeros(steps.size), where=alive))
    se = np.where(survival > 0, survival * np.sqrt(greenwood), NAN)
    inside = (survival > 0) & (survival < 1)
    proper = np.where(inside, survival, NAN)
    width = normal_quantile(level) * np.sqrt(greenwood) / np.abs(np.log(proper))
    lower, upper = proper ** np.exp(width), proper ** np.exp(-width)
    middle, earliest, latest = (_median(steps, curve) for curve in (survival, lower, upper))
    median = Estimate(middle, earliest, latest, reason="median not reached" if np.isnan(middle) else "")
    return KaplanMeier(steps, survival, se, lower, upper, at_risk, events, _count(times[~happened], steps), median)


def survival_at(curve: KaplanMeier, times: ArrayLike) -> pd.DataFrame:
    """Survival, bounds and number at risk at given times.

    Parameters
    ----------
    curve : KaplanMeier
    times : array_like, shape (t,)
        Not negative.

    Returns
    -------
    DataFrame
        `time, survival, se, lower, upper, at_risk`. Survival is NaN after the last follow-up unless it has reached 0.
    """
    wanted = np.asarray(times, dtype=np.float64)
    step = np.searchsorted(curve.time, wanted, side="right") - 1
    following = np.append(curve.at_risk, 0)[np.searchsorted(curve.time, wanted, side="left")]
    unknown = (wanted > curve.time[-1]) & (curve.survival[-1] > 0)
    table = pd.DataFrame({"time": wanted})
    for name in ("survival", "se", "lower", "upper"):
        table[name] = np.where(unknown, NAN, getattr(curve, name)[step])
    return table.assign(at_risk=following)


def log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> LogRank:
    """Log-rank test of two or more groups.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    group : array_like, shape (n,)
        Group of every case; compared by equality, listed in sorted order.

    Returns
    -------
    LogRank
        NaN with a single group or without an event that leaves a choice between groups.

    References
    ----------
    Mantel N, Cancer Chemother Rep 1966; Peto R, Peto J, J R Stat Soc A 1972.
    """
    happened, times = follow_up(time, event)
    names, code = np.unique(np.asarray(group), return_inverse=True)
    parts = _excess(times, happened, code, names.size)
    sizes = np.bincount(code, minlength=names.size)
    groups = pd.DataFrame({"group": names, "n": sizes, "observed": parts.observed, "expected": parts.expected})
    if names.size < 2:
        return LogRank(SignificanceTest(NAN, NAN, NAN, "fewer than two groups"), groups)
    return LogRank(_excess_test(parts.observed - parts.expected, parts.covariance), groups)


def stratified_log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike, stratum: ArrayLike) -> SignificanceTest:
    """Log-rank test of groups within strata: excesses and covariances are summed over the strata.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    group, stratum : array_like, shape (n,)

    Returns
    -------
    SignificanceTest
        NaN with a single group, without an event that leaves a choice between groups within a stratum, or when the
        strata fall into groups that never meet.

    References
    ----------
    Mantel N, Cancer Chemother Rep 1966.
    """
    happened, times = follow_up(time, event)
    names, code = np.unique(np.asarray(group), return_inverse=True)
    strata, of_stratum = np.unique(np.asarray(stratum), return_inverse=True)
    if names.size < 2:
        return SignificanceTest(NAN, NAN, NAN, "fewer than two groups")
    excess, covariance = np.zeros(names.size), np.zeros((names.size, names.size))
    for number in range(strata.size):
        rows = of_stratum == number
        parts = _excess(times[rows], happened[rows], code[rows], names.size)
        excess += parts.observed - parts.expected
        covariance += parts.covariance
    return _excess_test(excess, covariance)


def median_follow_up(time: ArrayLike, event: ArrayLike, level: float = 0.95) -> Estimate:
    """Median follow-up by reverse Kaplan-Meier, where censoring is the event (Schemper M, Smith TL, 1996).

    Returns
    -------
    Estimate
        In the units of time; NaN when not reached.
    """
    return kaplan_meier(time, 1 - outcome(event).astype(int), level).median


def follow_up(time: ArrayLike, event: ArrayLike) -> tuple[Booleans, Floats]:
    """Return events as booleans and times as float64.

    Raises
    ------
    ValueError
        Without cases, or if a time is negative or NaN, or an event neither 0 nor 1.
    """
    happened = outcome(event)
    times = numbers(time, happened.size)
    if not times.size or (times < 0).any():
        raise ValueError("survival needs cases with follow-up times that are not negative")
    return happened, times


class _Excess(NamedTuple):
    observed: np.ndarray
    expected: Floats
    covariance: Floats


def _excess(times: Floats, happened: Booleans, code: np.ndarray, groups: int) -> _Excess:
    moments = np.unique(times[happened])
    events = np.stack([_count(times[happened & (code == number)], moments) for number in range(groups)])
    at_risk = np.stack(
        [
            np.sum(code == number) - np.searchsorted(np.sort(times[code == number]), moments, side="left")
            for number in range(groups)
        ]
    )
    share = at_risk / at_risk.sum(axis=0)
    covariance = _hypergeometric(share, events.sum(axis=0), at_risk.sum(axis=0))
    return _Excess(events.sum(axis=1), (share * events.sum(axis=0)).sum(axis=1), covariance)


def _excess_test(excess: Floats, covariance: Floats) -> SignificanceTest:
    known = np.diag(covariance) > 1e-12
    if known.sum() < 2:
        return SignificanceTest(NAN, NAN, NAN, "no event while two groups are at risk")
    kept = np.flatnonzero(known)[:-1]
    own = covariance[np.ix_(kept, kept)]
    if np.linalg.matrix_rank(own) < kept.size:
        return SignificanceTest(NAN, NAN, NAN, "some groups never share a stratum")
    statistic = float(excess[kept] @ np.linalg.solve(own, excess[kept]))
    return SignificanceTest(statistic, float(kept.size), float(chdtrc(kept.size, statistic)))


def _count(times: Floats, steps: Floats) -> np.ndarray:
    return np.bincount(np.searchsorted(steps, times), minlength=steps.size)


def _median(steps: Floats, curve: Floats) -> float:
    # R compares with a tolerance: products of fractions miss 0.5 by rounding.
    reached = np.flatnonzero(curve <= 0.5 + 1e-9)
    passed = np.flatnonzero(curve < 0.5 - 1e-9)
    if not reached.size:
        return NAN
    first = steps[reached[0]]
    return float(first if not passed.size else (first + steps[passed[0]]) / 2)


def _hypergeometric(share: Floats, events: np.ndarray, at_risk: np.ndarray) -> Floats:
    several = at_risk > 1
    scale = np.divide(events * (at_risk - events), at_risk - 1, out=np.zeros(events.size), where=several)
    return np.asarray(np.diag((share * scale).sum(axis=1)) - (share * scale) @ share.T)
