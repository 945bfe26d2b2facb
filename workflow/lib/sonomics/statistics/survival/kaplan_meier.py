"""Kaplan-Meier estimate of survival, by lifelines.

Ours is what lifelines lacks: R's median where the curve is exactly 0.5, the standard error, and the risk at a horizon
without the curve, in a hundredth of its time (a decision curve needs two hundred).
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Estimate, Floats
from sonomics.statistics.inputs import check_follow_up, check_outcome

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
        The middle of the times where the curve is exactly 0.5, as in R and SAS; NaN when not reached, as its bounds.
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
    """Estimate survival by Kaplan-Meier, with log-log confidence bounds.

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
    from lifelines import KaplanMeierFitter

    happened, times = check_follow_up(time, event)
    fitted = KaplanMeierFitter(alpha=1 - level).fit(times, happened)
    steps = fitted.event_table.index.to_numpy()
    at_risk, events, censored = fitted.event_table[["at_risk", "observed", "censored"]].to_numpy().T
    survival = fitted.survival_function_.to_numpy()[:, 0]
    alive = at_risk > events
    greenwood = np.cumsum(np.divide(events, at_risk * (at_risk - events), out=np.zeros(steps.size), where=alive))
    se = np.where(survival > 0, survival * np.sqrt(greenwood), NAN)
    bounded = (survival > 0) & (survival < 1)
    lower, upper = (np.where(bounded, bound, NAN) for bound in fitted.confidence_interval_.to_numpy().T)
    middle, earliest, latest = (_median(steps, curve) for curve in (survival, lower, upper))
    median = Estimate(middle, earliest, latest, reason="median not reached" if np.isnan(middle) else "")
    return KaplanMeier(steps, survival, se, lower, upper, at_risk, events, censored, median)


def survival_at(curve: KaplanMeier, times: ArrayLike) -> pd.DataFrame:
    """Read survival, bounds and number at risk off a curve at given times.

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
    moments = np.asarray(times, dtype=np.float64)
    step = np.searchsorted(curve.time, moments, side="right") - 1
    at_risk = np.append(curve.at_risk, 0)[np.searchsorted(curve.time, moments, side="left")]
    unknown = (moments > curve.time[-1]) & (curve.survival[-1] > 0)
    table = pd.DataFrame({"time": moments})
    for name in ("survival", "se", "lower", "upper"):
        table[name] = np.where(unknown, NAN, getattr(curve, name)[step])
    return table.assign(at_risk=at_risk)


def median_follow_up(time: ArrayLike, event: ArrayLike, level: float = 0.95) -> Estimate:
    """Estimate the median follow-up by reverse Kaplan-Meier, where censoring is the event.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    level : float
        Confidence level.

    Returns
    -------
    Estimate
        In the units of time; NaN when not reached.

    References
    ----------
    Schemper M, Smith TL, Control Clin Trials 1996.
    """
    return kaplan_meier(time, 1 - check_outcome(event).astype(int), level).median


def kaplan_meier_risk(time: ArrayLike, event: ArrayLike, horizon: float) -> float:
    """Estimate the risk of an event by a horizon by Kaplan-Meier, the prediction of a model without covariates.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    horizon : float

    Returns
    -------
    float
        NaN after the last follow-up, unless everybody has had the event by then.
    """
    happened, times = check_follow_up(time, event)
    moments, events = np.unique(times[happened], return_counts=True)
    at_risk = times.size - np.searchsorted(np.sort(times), moments)
    survival = np.concatenate([[1.0], np.cumprod(1 - events / at_risk)])
    if horizon > times.max() and survival[-1] > 0:
        return NAN
    return float(1 - survival[np.searchsorted(moments, horizon, side="right")])


def _median(steps: Floats, curve: Floats) -> float:
    # R compares with a tolerance: products of fractions miss 0.5 by rounding.
    reached = np.flatnonzero(curve <= 0.5 + 1e-9)
    passed = np.flatnonzero(curve < 0.5 - 1e-9)
    if not reached.size:
        return NAN
    first = steps[reached[0]]
    return float(first if not passed.size else (first + steps[passed[0]]) / 2)
