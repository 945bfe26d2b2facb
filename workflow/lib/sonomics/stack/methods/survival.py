"""Combination and calibration of risks, and cutpoints on them."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.registry import load
from sonomics.core.schemas import EVENT, TIME
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.stack.methods.combination import find_scale
from sonomics.statistics.calibration.noisy_or import auc_weights
from sonomics.statistics.survival.concordance import harrell_c
from sonomics.statistics.survival.cutpoint import maximally_selected_log_rank
from sonomics.statistics.survival.risk_model import RiskModel, add_baseline_hazard, fit_risk_model, predict_survival

State = dict[str, Any]
Floats = NDArray[np.float64]


def give_equal_weights_of_risks(risks: Floats, outcomes: Floats) -> Floats:
    """Return equal weights of the models; the outcomes, (cases, 2) times and events, do not matter."""
    return np.full(risks.shape[1], 1.0 / risks.shape[1])


def fit_weights_of_risks(risks: Floats, outcomes: Floats) -> Floats:
    """Fit weights by a Cox model of the z-scored risks; equal ones where it has no maximum."""
    fitted = fit_risk_model(outcomes[:, 0], outcomes[:, 1], risks)
    return give_equal_weights_of_risks(risks, outcomes) if fitted.reason else fitted.coefficients


def weigh_risks_by_concordance(risks: Floats, outcomes: Floats) -> Floats:
    """Weight each model by its share of the sum of Harrell's C, of risks as they are; equally where C is undefined."""
    concordances = [harrell_c(outcomes[:, 0], outcomes[:, 1], column).estimate for column in risks.T]
    weights = auc_weights(concordances)
    return give_equal_weights_of_risks(risks, outcomes) if np.isnan(weights).any() else weights


def combine_risks(risks: pd.DataFrame, outcomes: pd.DataFrame, weights: str) -> State:
    """Fit the weights of base models on their out-of-fold risks; a single base model needs none.

    Parameters
    ----------
    risks : DataFrame
        One column per base model.
    outcomes : DataFrame
        `time` and `event` of each row.
    weights : str
        Name of a kind of combination.

    Returns
    -------
    dict
        As `fit_combination`.
    """
    models = list(risks.columns)
    if len(models) == 1:
        return {"models": models, "mean": [0.0], "sd": [1.0], "weight": [1.0], "intercept": 0.0}
    mean, sd = find_scale(risks, weights)
    fit: Callable[[Floats, Floats], Floats] = load(COMBINATIONS.get(weights).of_risks)
    weight = fit(((risks - mean) / sd).to_numpy(), outcomes[[TIME, EVENT]].to_numpy())
    return {"models": models, "mean": mean.tolist(), "sd": sd.tolist(), "weight": weight.tolist(), "intercept": 0.0}


def fit_hazard(risk: Floats, outcomes: pd.DataFrame) -> State:
    """Fit a Cox model of the risk with its baseline hazard; where it has no maximum, the risk has no effect.

    Returns
    -------
    dict
        `slope`, `centre`, `times`, `hazard`, `last`, and `reason` why the slope is 0 ("" otherwise).
    """
    time, event = outcomes[TIME].to_numpy(), outcomes[EVENT].to_numpy()
    model = fit_risk_model(time, event, risk[:, None])
    reason = model.reason
    if reason:
        model = add_baseline_hazard(time, event, risk[:, None], [0.0])
    return {
        "slope": float(model.coefficients[0]), "centre": float(model.centre[0]), "times": model.times.tolist(),
        "hazard": model.hazard.tolist(), "last": float(model.last), "reason": reason,
    }  # fmt: skip


def predict_hazard(state: State, risk: Floats, horizons: Sequence[float]) -> Floats:
    """Predict the probability of the event by each horizon, (cases, horizons); NaN beyond the follow-up of training."""
    model = RiskModel(
        np.array([state["slope"]]), np.array([np.nan]), np.array([state["centre"]]), np.array(state["times"]),
        np.array(state["hazard"]), state["last"], np.nan, np.nan,
    )  # fmt: skip
    return 1 - predict_survival(model, risk[:, None], horizons)


def log_rank_cutpoint(outcomes: Floats, risk: Floats) -> State:
    """Choose the cutpoint of the largest log-rank statistic; high risk is above it.

    Returns
    -------
    dict
        `cutoff` (a case at or above it is at high risk; None where not estimable), `p` (paid for the choice, Lausen and
        Schumacher 1994) and `reason`.
    """
    found = maximally_selected_log_rank(outcomes[:, 0], outcomes[:, 1], risk)
    if found.reason:
        return {"cutoff": None, "p": None, "reason": found.reason}
    above = risk[risk > found.cutpoint]
    return {"cutoff": float(above.min()), "p": float(found.p_1994), "reason": ""}


def median_cutpoint(outcomes: Floats, risk: Floats) -> State:
    """Cut at the median of the risks, whatever the outcomes."""
    return {"cutoff": float(np.median(risk)), "p": None, "reason": ""}
