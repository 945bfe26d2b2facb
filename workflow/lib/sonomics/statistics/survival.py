"""Right-censored survival: Kaplan-Meier, log-rank, Harrell's concordance."""

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
    not_estimable,
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
    happened, times = _follow_up(time, event)
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
    happened, times = _follow_up(time, event)
    names, code = np.unique(np.asarray(group), return_inverse=True)
    moments = np.unique(times[happened])
    events = np.stack([_count(times[happened & (code == number)], moments) for number in range(names.size)])
    at_risk = np.stack(
        [
            np.sum(code == number) - np.searchsorted(np.sort(times[code == number]), moments, side="left")
            for number in range(names.size)
        ]
    )
    share = at_risk / at_risk.sum(axis=0)
    observed, expected = events.sum(axis=1), (share * events.sum(axis=0)).sum(axis=1)
    sizes = np.bincount(code, minlength=names.size)
    groups = pd.DataFrame({"group": names, "n": sizes, "observed": observed, "expected": expected})
    if names.size < 2:
        return LogRank(SignificanceTest(NAN, NAN, NAN, "fewer than two groups"), groups)
    covariance = _hypergeometric(share, events.sum(axis=0), at_risk.sum(axis=0))
    known = np.diag(covariance) > 1e-12
    if known.sum() < 2:
        return LogRank(SignificanceTest(NAN, NAN, NAN, "no event while two groups are at risk"), groups)
    kept = np.flatnonzero(known)[:-1]
    excess = (observed - expected)[kept]
    statistic = float(excess @ np.linalg.solve(covariance[np.ix_(kept, kept)], excess))
    return LogRank(SignificanceTest(statistic, float(kept.size), float(chdtrc(kept.size, statistic))), groups)


def harrell_c(time: ArrayLike, event: ArrayLike, risk: ArrayLike, level: float = 0.95) -> Estimate:
    """Harrell's concordance of a risk (higher = earlier event) with the infinitesimal-jackknife standard error.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    risk : array_like, shape (n,)
    level : float
        Confidence level of the Wald interval, cut to [0, 1].

    Returns
    -------
    Estimate
        A pair counts when the earlier time is an event, or at equal times when only one of them is; tied risks count
        one half. NaN without such a pair.

    References
    ----------
    Harrell FE, Lee KL, Mark DB, Stat Med 1996; Therneau TM, Watson DA, 2015 (standard error).
    """
    happened, times = _follow_up(time, event)
    values = numbers(risk, times.size)
    pairs, wins = np.zeros(times.size), np.zeros(times.size)
    for index in np.flatnonzero(happened):
        comparable = (times > times[index]) | ((times == times[index]) & ~happened)
        won = comparable * ((values[index] > values) + 0.5 * (values[index] == values))
        pairs += comparable
        wins += won
        pairs[index] += comparable.sum()
        wins[index] += won.sum()
    total = pairs.sum() / 2
    if total == 0:
        return not_estimable("no comparable pair")
    concordance = float(wins.sum() / 2 / total)
    se = float(np.sqrt(np.sum(((wins - concordance * pairs) / total) ** 2)))
    half = normal_quantile(level) * se
    return Estimate(concordance, max(0.0, concordance - half), min(1.0, concordance + half), se)


def _follow_up(time: ArrayLike, event: ArrayLike) -> tuple[Booleans, Floats]:
    happened = outcome(event)
    times = numbers(time, happened.size)
    if not times.size or (times < 0).any():
        raise ValueError("survival needs cases with follow-up times that are not negative")
    return happened, times


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
