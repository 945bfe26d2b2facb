"""The clinical model of a survival task: a Cox model without penalty, with its baseline hazard."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

from sonomics.core.schemas import PROBABILITY, RISK
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import outcome_of
from sonomics.statistics.survival.risk_model import (
    RiskModel,
    add_baseline_hazard,
    fit_risk_model,
    predict_log_hazard,
    predict_survival,
)
from sonomics.train.classifiers.learner import Predicted
from sonomics.train.clinical_model.entry import (
    Regression,
    State,
    describe_entry,
    enter_variables,
    find_interval,
    read_design,
)
from sonomics.train.clinical_model.learner import ClinicalLearner
from sonomics.train.clinical_model.points import tabulate_risk_points

Floats = NDArray[np.float64]
COLUMNS = ["variable", "model", "hazard_ratio", "lower", "upper", "p"]


def fit(clinical: pd.DataFrame, outcomes: Floats, enter: float, task: Task) -> State:
    """Fit the clinical model on training rows.

    Parameters
    ----------
    clinical : DataFrame
        Clinical columns, numeric or text.
    outcomes : (rows, 2) array
        Times in months and events.
    enter : float
        As for `enter_variables`.
    task : SurvivalTask

    Returns
    -------
    dict
        `encodings`, `entered`, `names`, `coefficients` and `centre`, (names): the log hazard is (x - centre)
        coefficients; `times`, `hazard` (cumulative, at the centre) and `last` follow-up; `reason` why no hazard is
        known ("" where it is); `hazard_ratios` with 95 % Wald intervals, and `note`. When nothing enters, or the model
        has no maximum, all cases have the same hazard (Breslow's); without an event no hazard is known. `note` says so.
    """
    entry = enter_variables(clinical, enter, partial(_regress, outcomes=outcomes))
    return {
        "encodings": entry.encodings,
        "entered": entry.entered,
        "names": entry.names,
        **entry.model.parameters,
        "hazard_ratios": entry.ratios,
        "note": describe_entry(entry, enter),
    }


def apply(state: State, clinical: pd.DataFrame, horizons: list[float]) -> tuple[Floats, Floats]:
    """Compute the log hazard of each row, and the probability of the event by each horizon.

    Returns
    -------
    risk : (rows,) array
        0 where all cases have the same hazard.
    probability : (rows, horizons) array
        NaN beyond the last follow-up of training, and without an event in training.
    """
    coefficients = np.array(state["coefficients"], dtype=np.float64)
    model = RiskModel(
        coefficients, np.full(coefficients.size, np.nan), np.array(state["centre"], dtype=np.float64),
        np.array(state["times"], dtype=np.float64), np.array(state["hazard"], dtype=np.float64), state["last"],
        np.nan, np.nan, state["reason"],
    )  # fmt: skip
    values = read_design(state, clinical)
    return predict_log_hazard(model, values), 1 - predict_survival(model, values, horizons)


def predict(state: State, clinical: pd.DataFrame, task: Task) -> list[Predicted]:
    """Predict the log hazard, and the probability of the event by each horizon of the task."""
    horizons = outcome_of(task).horizons(task)
    risk, probability = apply(state, clinical, horizons)
    columns = zip(horizons, probability.T, strict=True)
    return [
        Predicted("1", RISK, float("nan"), risk),
        *(Predicted("1", PROBABILITY, horizon, column) for horizon, column in columns),
    ]


def _regress(values: pd.DataFrame, outcomes: Floats) -> Regression:
    time, event = outcomes.T
    if not values.shape[1]:
        null = add_baseline_hazard(time, event, np.zeros((len(time), 1)), [0.0])
        reason = "" if event.any() else "no events"
        return Regression(_list_parameters(null, [], [], reason), [], 1.0, "")
    model = fit_risk_model(time, event, values.to_numpy(dtype=np.float64))
    p = 1.0 if model.reason else float(chdtrc(values.shape[1], max(2 * (model.fitted - model.null), 0.0)))
    parameters = _list_parameters(model, model.coefficients.tolist(), model.centre.tolist(), model.reason)
    return Regression(parameters, _list_ratios(values.columns, model), p, model.reason)


def _list_parameters(model: RiskModel, coefficients: list[float], centre: list[float], reason: str) -> dict[str, Any]:
    return {
        "coefficients": coefficients, "centre": centre, "times": model.times.tolist(), "hazard": model.hazard.tolist(),
        "last": model.last, "reason": reason,
    }  # fmt: skip


def _list_ratios(names: pd.Index, model: RiskModel) -> list[dict[str, Any]]:
    rows = []
    for name, value, se in zip(names, model.coefficients, model.se, strict=True):
        lower, upper = find_interval(value, se)
        p = float(2 * ndtr(-abs(value / se)))
        rows.append({"variable": name, "hazard_ratio": float(np.exp(value)), "lower": lower, "upper": upper, "p": p})
    return rows


def tabulate(state: State, task: Task) -> pd.DataFrame:
    """Turn the model into the points of a nomogram of the probability at each horizon."""
    return tabulate_risk_points(state, outcome_of(task).horizons(task))


LEARNER = ClinicalLearner(fit, predict, tabulate, lambda task: COLUMNS)
