"""Kaplan-Meier estimate of survival."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Estimate, Floats, normal_quantile
from sonomics.statistics.inputs import follow_up, outcome

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
    events = count_at(times[happened], steps)
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
    return KaplanMeier(steps, survival, se, lower, upper, at_risk, events, count_at(times[~happened], steps), median)


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


def median_follow_up(time: ArrayLike, event: ArrayLike, level: float = 0.95) -> Estimate:
    """Median follow-up by reverse Kaplan-Meier, where censoring is the event (Schemper M, Smith TL, 1996).

    Returns
    -------
    Estimate
        In the units of time; NaN when not reached.
    """
    return kaplan_meier(time, 1 - outcome(event).astype(int), level).median


def null_risk(time: ArrayLike, event: ArrayLike, horizon: float) -> float:
    """Risk of an event by a horizon under Kaplan-Meier, the prediction of a model that knows nothing; may be NaN."""
    return float(1 - survival_at(kaplan_meier(time, event), [horizon])["survival"].iloc[0])


def count_at(times: Floats, steps: Floats) -> np.ndarray:
    """Count how many times equal each step; every time is one of the ascending steps."""
    return np.bincount(np.searchsorted(steps, times), minlength=steps.size)


def _median(steps: Floats, curve: Floats) -> float:
    # R compares with a tolerance: products of fractions miss 0.5 by rounding.
    reached = np.flatnonzero(curve <= 0.5 + 1e-9)
    passed = np.flatnonzero(curve < 0.5 - 1e-9)
    if not reached.size:
        return NAN
    first = steps[reached[0]]
    return float(first if not passed.size else (first + steps[passed[0]]) / 2)
