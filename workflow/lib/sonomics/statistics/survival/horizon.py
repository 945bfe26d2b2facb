"""Performance at a horizon, each case weighted by the inverse probability of staying uncensored."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Booleans, Estimate, Floats, normal_quantile, not_estimable
from sonomics.statistics.inputs import check_follow_up, check_scores
from sonomics.statistics.survival.censoring import Censoring

NAN = float("nan")


class TimeDependentAuc(NamedTuple):
    """AUC at a horizon with the numbers of cases (event by then) and controls (followed beyond it)."""

    area: Estimate
    cases: int
    controls: int


def time_dependent_auc(
    time: ArrayLike,
    event: ArrayLike,
    risk: ArrayLike,
    horizon: float,
    censoring: Censoring | None = None,
    level: float = 0.95,
) -> TimeDependentAuc:
    """Compute the cumulative/dynamic AUC: cases with an event by the horizon against those followed beyond it.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    risk : array_like, shape (n,)
        Higher = earlier event; ties count one half.
    horizon : float
    censoring : Censoring, optional
        Estimated elsewhere, such as on training cases; on these cases by default.
    level : float
        Confidence level of the Wald interval, cut to [0, 1].

    Returns
    -------
    TimeDependentAuc
        Cases have weight 1 / G(T-). The standard error is the infinitesimal jackknife of the whole estimator, censoring
        curve included; a given curve is held fixed. NaN without cases or without controls.

    References
    ----------
    Uno H et al., J Am Stat Assoc 2007; Blanche P, Dartigues JF, Jacqmin-Gadda H, Stat Med 2013.
    """
    happened, times = check_follow_up(time, event)
    values = check_scores(risk, times.size)
    curve = censoring or Censoring.estimate(times, happened)
    case, control = happened & (times <= horizon), times > horizon
    counts = int(case.sum()), int(control.sum())
    if not case.any() or not control.any():
        return TimeDependentAuc(not_estimable("no cases or no controls at the horizon"), *counts)
    staying = curve.before(times)
    if (staying[case] <= 0).any():
        return TimeDependentAuc(not_estimable("nobody stays uncensored to an event"), *counts)
    weight = np.zeros(times.size)
    weight[case] = 1 / staying[case]
    controls = np.sort(values[control])
    below, upto = (np.searchsorted(controls, values, side=side) for side in ("left", "right"))
    beaten = (below + upto) / 2 / controls.size
    area = float(weight @ beaten / weight.sum())
    influence = weight * (beaten - area) / weight.sum()
    cases = np.argsort(values[case], kind="stable")
    cumulative = np.concatenate([[0.0], weight[case][cases].cumsum()])
    ordered = values[case][cases]
    lost, kept = (cumulative[np.searchsorted(ordered, values[control], side)] for side in ("left", "right"))
    over = cumulative[-1] - (lost + kept) / 2
    influence[control] += (over / weight.sum() - area) / controls.size
    if censoring is None:
        influence += _through_censoring(curve, times, happened, weight * (beaten - area) / weight.sum())
    se = float(np.sqrt(times.size / (times.size - 1) * (influence**2).sum()))
    half = normal_quantile(level) * se
    return TimeDependentAuc(Estimate(area, max(0.0, area - half), min(1.0, area + half), se), *counts)


def ipcw_brier(
    time: ArrayLike, event: ArrayLike, probability: ArrayLike, horizon: float, censoring: Censoring | None = None
) -> float:
    """Compute the Brier score of predicted risks of an event by a horizon.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        Predicted risk of an event by the horizon.
    horizon : float
    censoring : Censoring, optional
        Estimated elsewhere; on these cases by default.

    Returns
    -------
    float
        Cases by the horizon have weight 1 / G(T-), those followed beyond it 1 / G(horizon), those censored before it 0.
        NaN when nobody stays uncensored until the horizon, because then nobody represents those without an event.

    References
    ----------
    Graf E et al., Stat Med 1999.
    """
    happened, times = check_follow_up(time, event)
    values = np.asarray(probability, dtype=np.float64)
    if np.isnan(values).any():
        return NAN
    curve = censoring or Censoring.estimate(times, happened)
    case, control = happened & (times <= horizon), times > horizon
    weight = np.zeros(times.size)
    staying, beyond = curve.before(times), float(curve.at(horizon))
    if (staying[case] <= 0).any() or beyond <= 0:
        return NAN
    weight[case] = 1 / staying[case]
    weight[control] = 1 / beyond
    return float((weight * (case - values) ** 2).mean())


def _through_censoring(curve: Censoring, times: Floats, happened: Booleans, share: Floats) -> Floats:
    """Compute every case's influence on a weighted sum of 1 / G(T-) through its part in estimating G."""
    risky = np.where(curve.at_risk > 0, curve.at_risk * (1 - curve.hazard), np.inf)
    per_censoring = np.divide(1.0, risky, out=np.zeros(risky.size), where=(risky > 0) & np.isfinite(risky))
    compensator = np.cumsum(curve.hazard * per_censoring)
    step = np.searchsorted(curve.times, times)
    # Events leave the risk set before censorings at the same time.
    stays = np.where(happened, step - 1, step)
    stayed = np.where(stays >= 0, compensator[np.maximum(stays, 0)], 0.0)
    counted = np.where(~happened, per_censoring[step], 0.0)
    order = np.argsort(times, kind="stable")
    ordered = times[order]
    mass = np.concatenate([[0.0], share[order].cumsum()])
    later = mass[-1] - mass[np.searchsorted(ordered, times, side="right")]
    just_before = np.where(step > 0, compensator[np.maximum(step - 1, 0)], 0.0)
    earlier = np.concatenate([[0.0], (share * just_before)[order].cumsum()])[
        np.searchsorted(ordered, times, side="right")
    ]
    return np.asarray(later * (counted - stayed) - earlier, dtype=np.float64)
