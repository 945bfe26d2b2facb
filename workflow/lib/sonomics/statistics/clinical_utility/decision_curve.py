"""Decision curves: the net benefit of using a model at a threshold probability."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats, divide_where
from sonomics.statistics.inputs import check_follow_up, check_outcome, check_scores
from sonomics.statistics.resampling.bootstrap import resample_weights, summarise_draws
from sonomics.statistics.survival.kaplan_meier import kaplan_meier_risk


def percent_thresholds(lowest: int = 1, highest: int = 99) -> Floats:
    """Return the threshold probabilities 0.01, 0.02 ... exactly; `arange` gives 0.15000000000000002."""
    return np.array([percent / 100 for percent in range(lowest, highest + 1)])


def net_benefit(y: ArrayLike, probability: ArrayLike, thresholds: Sequence[float] | Floats) -> pd.DataFrame:
    """Compute the net benefit of treating where probability >= threshold, of treating all and of treating none.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
    thresholds : sequence of float
        In (0, 1), used as they are given.

    Returns
    -------
    DataFrame
        One row per threshold: `threshold, model, treat_all, treat_none, avoided_per_100` (interventions avoided per
        100 patients against treating all). NaN without cases.

    Raises
    ------
    ValueError
        If a threshold is outside (0, 1).

    References
    ----------
    Vickers AJ, Elkin EB, Med Decis Making 2006.
    """
    positive = check_outcome(y)
    cuts = _check_thresholds(thresholds)
    everyone = np.ones((1, positive.size))
    model = _net_benefits(positive, check_scores(probability, positive.size)[:, None] >= cuts, cuts, everyone)[0]
    treat_all = _net_benefits(positive, np.ones((positive.size, cuts.size), dtype=bool), cuts, everyone)[0]
    return pd.DataFrame(
        {
            "threshold": cuts,
            "model": model,
            "treat_all": treat_all,
            "treat_none": np.zeros(cuts.size),
            "avoided_per_100": 100 * (model - treat_all) / (cuts / (1 - cuts)),
        }
    )


def net_benefit_band(
    y: ArrayLike,
    probability: ArrayLike,
    thresholds: Sequence[float] | Floats,
    groups: ArrayLike,
    resamples: int,
    seed: int,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compute the pointwise percentile band of a model's net benefit over resampled patients.

    Parameters
    ----------
    y, probability, thresholds
        As for `net_benefit`.
    groups : array_like, shape (n,)
        Patient of every row.
    resamples, seed : int
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row per threshold: `threshold, lower, upper`; NaN for a single patient.
    """
    positive = check_outcome(y)
    cuts = _check_thresholds(thresholds)
    called = check_scores(probability, positive.size)[:, None] >= cuts
    blocks = resample_weights(groups, resamples, seed)
    draws = np.concatenate([_net_benefits(positive, called, cuts, weights) for weights in blocks])
    ends = [0.5 - level / 2, 0.5 + level / 2]
    lower, upper = np.quantile(draws, ends, axis=0) if len(draws) else np.full((2, cuts.size), np.nan)
    return pd.DataFrame({"threshold": cuts, "lower": lower, "upper": upper})


def survival_net_benefit(
    time: ArrayLike,
    event: ArrayLike,
    probability: ArrayLike,
    horizon: float,
    thresholds: Sequence[float] | Floats,
) -> pd.DataFrame:
    """Compute the net benefit of treating by a predicted risk of an event by a horizon, with censoring.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        Predicted risk of an event by the horizon; all NaN when it could not be predicted.
    horizon : float
    thresholds : sequence of float
        In (0, 1), used as they are given.

    Returns
    -------
    DataFrame
        One row per threshold: `threshold, model, treat_all, treat_none`. The risk among those treated is 1 minus their
        Kaplan-Meier survival; 0 when nobody is treated, NaN when their follow-up ends before the horizon.

    References
    ----------
    Vickers AJ et al., BMC Med Inform Decis Mak 2008.
    """
    happened, times = check_follow_up(time, event)
    values = np.asarray(probability, dtype=np.float64)
    cuts = _check_thresholds(thresholds)
    odds = cuts / (1 - cuts)

    def benefit(treated: np.ndarray, weight: float) -> float:
        if not treated.any():
            return 0.0
        risk = kaplan_meier_risk(times[treated], happened[treated], horizon)
        return float(treated.mean() * (risk - (1 - risk) * weight))

    unknown = np.isnan(values).any()
    model = [np.nan if unknown else benefit(values >= cut, weight) for cut, weight in zip(cuts, odds, strict=True)]
    treat_all = [benefit(np.ones(times.size, dtype=bool), weight) for weight in odds]
    columns = {"threshold": cuts, "model": model, "treat_all": treat_all, "treat_none": np.zeros(cuts.size)}
    return pd.DataFrame(columns)


def survival_net_benefit_band(
    time: ArrayLike,
    event: ArrayLike,
    probability: ArrayLike,
    horizon: float,
    thresholds: Sequence[float] | Floats,
    groups: ArrayLike,
    resamples: int,
    seed: int,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compute the pointwise percentile band of `survival_net_benefit` over resampled patients.

    Parameters
    ----------
    time, event, probability, horizon, thresholds
        As for `survival_net_benefit`.
    groups : array_like, shape (n,)
        Patient of every row.
    resamples, seed : int
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row per threshold: `threshold, lower, upper`. A resample in which the follow-up of those treated ends before
        the horizon is left out at that threshold; NaN with fewer than two resamples.
    """
    happened, times = check_follow_up(time, event)
    cuts = _check_thresholds(thresholds)
    order = np.argsort(times, kind="stable")
    moments, starts = np.unique(times[order], return_index=True)
    treated = (check_scores(probability, times.size)[order, None] >= cuts).astype(np.float64)
    ordered, odds = happened[order, None], cuts / (1 - cuts)
    draws = []
    for block in resample_weights(groups, resamples, seed):
        for weights in block:
            chosen = treated * weights[order, None]
            leaving = np.add.reduceat(chosen, starts, axis=0)
            events = np.add.reduceat(chosen * ordered, starts, axis=0)
            at_risk = leaving[::-1].cumsum(axis=0)[::-1]
            kept = 1 - divide_where(at_risk > 0, events, at_risk)
            survival = np.where(at_risk > 0, kept, 1.0)[moments <= horizon].prod(axis=0)
            is_known = (at_risk[moments >= horizon].sum(axis=0) > 0) | (survival <= 0)
            size, total = chosen.sum(axis=0), weights.sum()
            benefit = size / total * ((1 - survival) - survival * odds)
            draws.append(np.where(size > 0, np.where(is_known, benefit, np.nan), 0.0))
    values = np.array(draws).reshape(-1, cuts.size)
    band = [summarise_draws(0.0, column, level) for column in values.T]
    return pd.DataFrame({"threshold": cuts, "lower": [b.lower for b in band], "upper": [b.upper for b in band]})


def _net_benefits(positive: np.ndarray, called: np.ndarray, cuts: Floats, weights: np.ndarray) -> Floats:
    total = weights.sum(axis=1, keepdims=True, dtype=np.float64)
    true_positive = weights @ (called & positive[:, None]).astype(np.float64)
    false_positive = weights @ (called & ~positive[:, None]).astype(np.float64)
    benefit = true_positive - false_positive * (cuts / (1 - cuts))
    return divide_where(total > 0, benefit, total)


def _check_thresholds(thresholds: Sequence[float] | Floats) -> Floats:
    cuts = np.asarray(thresholds, dtype=np.float64)
    if not ((cuts > 0) & (cuts < 1)).all():
        raise ValueError("a threshold probability must lie strictly between 0 and 1")
    return cuts
