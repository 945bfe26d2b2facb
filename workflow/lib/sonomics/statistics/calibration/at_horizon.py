"""Calibration of predicted risks of an event by a horizon, with censoring."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.calibration.grouped import quantile_groups
from sonomics.statistics.estimates import Estimate, Floats, not_estimable
from sonomics.statistics.inputs import check_follow_up
from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, survival_at

_CERTAIN = 1e-6


class HorizonCalibration(NamedTuple):
    """Calibration of risks at a horizon.

    Attributes
    ----------
    groups : DataFrame
        One row per group of ascending risk: `n, predicted, observed, lower, upper`; observed risk by Kaplan-Meier, NaN
        where the group's follow-up ends before the horizon.
    observed_to_expected : Estimate
        Kaplan-Meier risk of all cases over their mean predicted risk.
    slope : Estimate
        Coefficient of log(-log(1 - risk)) in a Cox model; below 1 where predictions spread too far.
    """

    groups: pd.DataFrame
    observed_to_expected: Estimate
    slope: Estimate


def calibrate_at_horizon(
    time: ArrayLike, event: ArrayLike, probability: ArrayLike, horizon: float, groups: int = 10, level: float = 0.95
) -> HorizonCalibration:
    """Compare predicted with observed risks of an event by a horizon.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        Predicted risk of an event by the horizon, in [0, 1].
    horizon : float
        Events after it are censored there.
    groups : int
        Quantile groups of the risk.
    level : float
        Confidence level.

    Returns
    -------
    HorizonCalibration
        NaN with a reason: follow-up ends before the horizon, nothing is expected, all risks are equal, no event by the
        horizon.

    Raises
    ------
    ValueError
        If a probability is NaN or lies outside [0, 1].

    References
    ----------
    Crowson CS, Atkinson EJ, Therneau TM, Stat Methods Med Res 2016; Royston P, Altman DG, BMC Med Res Methodol 2013.
    """
    happened, times = check_follow_up(time, event)
    risk = np.asarray(probability, dtype=np.float64)
    if risk.shape != times.shape or not ((risk >= 0) & (risk <= 1)).all():
        raise ValueError("a predicted risk is NaN or lies outside [0, 1], or there is not one per case")
    code = quantile_groups(risk, groups)
    rows = []
    for number in np.unique(code):
        members = code == number
        rows.append((int(members.sum()), risk[members].mean(), *_observed(times, happened, members, horizon, level)))
    table = pd.DataFrame(rows, columns=["n", "predicted", "observed", "lower", "upper"])
    observed = _observed(times, happened, np.ones(times.size, dtype=bool), horizon, level)
    return HorizonCalibration(
        table, _ratio(observed, float(risk.mean())), _slope(times, happened, risk, horizon, level)
    )


def _observed(
    times: Floats, happened: np.ndarray, members: np.ndarray, horizon: float, level: float
) -> tuple[float, float, float]:
    row = survival_at(kaplan_meier(times[members], happened[members], level), [horizon]).iloc[0]
    return 1 - float(row["survival"]), 1 - float(row["upper"]), 1 - float(row["lower"])


def _ratio(observed: tuple[float, float, float], expected: float) -> Estimate:
    if np.isnan(observed[0]):
        return not_estimable("follow-up ends before the horizon")
    if expected <= 0:
        return not_estimable("nothing is expected")
    return Estimate(observed[0] / expected, observed[1] / expected, observed[2] / expected)


def _slope(times: Floats, happened: np.ndarray, risk: Floats, horizon: float, level: float) -> Estimate:
    cut = np.clip(risk, _CERTAIN, 1 - _CERTAIN)
    by_then = happened & (times <= horizon)
    design = pd.DataFrame({"risk": np.log(-np.log1p(-cut))})
    row = fit_cox(np.minimum(times, horizon), by_then, design, level).iloc[0]
    if row["reason"]:
        return not_estimable(str(row["reason"]))
    half = (np.log(row["upper"]) - np.log(row["lower"])) / 2
    return Estimate(float(row["beta"]), float(row["beta"] - half), float(row["beta"] + half), float(row["se"]))
