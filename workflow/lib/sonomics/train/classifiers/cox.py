"""The penalised Cox model: its coefficients, its baseline hazard, and the risks that they predict."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import seed_for
from sonomics.kinds.models.cox import Cox
from sonomics.statistics.selection.cox_lasso import cox_lasso_cv
from sonomics.statistics.selection.lasso import NoPathError
from sonomics.statistics.survival.risk_model import RiskModel as StoredModel
from sonomics.statistics.survival.risk_model import add_baseline_hazard, predict_log_hazard, predict_survival
from sonomics.train.attributions.explain import LOG_HAZARD, Attributions, explain_linear
from sonomics.train.classifiers.learner import RiskModel

Floats = NDArray[np.float64]
State = dict[str, Any]
FEWEST_FOLDS = 3
LEAST_DEVIANCE = "min"


def fit(settings: Cox, values: Floats, outcomes: Floats, groups: NDArray[np.str_], seed: int) -> State:
    """Fit the coefficients at the penalty that inner folds choose, and Breslow's baseline hazard.

    Parameters
    ----------
    settings : Cox
    values : (rows, features) array
    outcomes : (rows, 2) array of times and events
    groups : (rows,) array of str
        The rows of a group stay in one inner fold.
    seed : int

    Returns
    -------
    dict
        `coefficients`, `centre`, `times`, `hazard` (arrays), `last`, and `note`: why all coefficients are 0, ""
        otherwise.
    """
    time, event = outcomes.T
    coefficients, note = np.zeros(values.shape[1]), ""
    folds = assign_folds(groups, event, settings.folds, seed)
    if not values.shape[1]:
        note = "no feature"
    elif folds is None:
        note = f"under {FEWEST_FOLDS} patients with the event"
    else:
        try:
            path = cox_lasso_cv(values, time, event, folds, mixing=settings.mixing)
        except NoPathError as problem:
            note = str(problem)
        else:
            chosen = path.index_min if settings.rule == LEAST_DEVIANCE else path.index_1se
            coefficients = path.coefficients[chosen]
    # Without a feature, a column of zeros carries the baseline hazard.
    columns, weights = (values, coefficients) if values.shape[1] else (np.zeros((len(values), 1)), np.zeros(1))
    model = add_baseline_hazard(time, event, columns, weights)
    kept = {"coefficients": model.coefficients, "centre": model.centre, "times": model.times, "hazard": model.hazard}
    return {**kept, "last": model.last, "note": note}


def assign_folds(groups: NDArray[np.str_], event: Floats, count: int, seed: int) -> NDArray[np.int64] | None:
    """Assign groups to inner folds, those with an event first, so that each fold has some; None with too few."""
    outcome = pd.Series(event, index=groups).groupby(level=0).max()
    count = min(count, int(outcome.sum()))
    if count < FEWEST_FOLDS:
        return None
    order = sorted(outcome.index, key=lambda name: (-outcome[name], seed_for(seed, "inner", name)))
    fold_of = {name: position % count for position, name in enumerate(order)}
    return np.array([fold_of[name] for name in groups], dtype=np.int64)


def predict(state: State, values: Floats, horizons: list[float]) -> tuple[Floats, Floats]:
    """Predict the log hazard and the probability of the event by each horizon.

    Returns
    -------
    risk : (rows,) array
    probability : (rows, horizons) array
        NaN beyond the last follow-up of training.
    """
    unknown = np.full(len(state["coefficients"]), np.nan)
    model = StoredModel(
        np.asarray(state["coefficients"]), unknown, np.asarray(state["centre"]), np.asarray(state["times"]),
        np.asarray(state["hazard"]), float(state["last"]), np.nan, np.nan,
    )  # fmt: skip
    columns = values if values.shape[1] else np.zeros((len(values), 1))
    return predict_log_hazard(model, columns), 1 - predict_survival(model, columns, horizons)


def explain(state: State, background: Floats, values: Floats, seed: int) -> Attributions:
    """Explain the log hazard, against that of the background."""
    coefficients, centre = np.asarray(state["coefficients"]), np.asarray(state["centre"])
    return explain_linear(coefficients, background - centre, values - centre, LOG_HAZARD)


COX = RiskModel(fit, predict, explain)
