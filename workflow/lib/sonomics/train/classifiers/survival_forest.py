"""The random survival forest: its state, and the risks that it predicts."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.seeds import generator, seed_for
from sonomics.kinds.models.survival_forest import SurvivalForest as Settings
from sonomics.statistics.survival.forest import SurvivalForest, fit_forest, predict_hazard
from sonomics.train.attributions.explain import EXPECTED_EVENTS, Attributions, explain_function
from sonomics.train.classifiers.learner import RiskModel

Floats = NDArray[np.float64]
State = dict[str, Any]


def fit(settings: Settings, values: Floats, outcomes: Floats, groups: NDArray[np.str_], seed: int) -> State:
    """Grow the trees, each on as many groups as there are, drawn with replacement.

    Parameters
    ----------
    settings : SurvivalForest
        Of each node, the square root of the number of features may be chosen among.
    values : (rows, features) array
    outcomes : (rows, 2) array of times and events
    groups : (rows,) array of str
        The rows of a group are drawn together.
    seed : int

    Returns
    -------
    dict
        The arrays of a `SurvivalForest`. Without a feature or an event, every row has the same risk.
    """
    names = sorted(set(groups.tolist()))
    rows = [np.flatnonzero(groups == name) for name in names]
    draws = [
        np.concatenate([rows[drawn] for drawn in generator(seed, "tree", tree).integers(0, len(names), len(names))])
        for tree in range(settings.trees)
    ]
    tried = math.ceil(math.sqrt(values.shape[1]))
    time, event = outcomes.T
    return fit_forest(time, event, values, draws, tried, settings.leaf, seed_for(seed, "columns"))._asdict()


def predict(state: State, values: Floats, horizons: list[float]) -> tuple[Floats, Floats]:
    """Predict the events expected of a row, and the probability of the event by each horizon.

    Returns
    -------
    risk : (rows,) array
        The cumulative hazard summed over the event times of training (Ishwaran's mortality).
    probability : (rows, horizons) array
        NaN beyond the last follow-up of training.
    """
    forest = _forest_of(state)
    hazard = predict_hazard(forest, values)
    from_start = np.column_stack([np.zeros(len(hazard)), hazard])
    moments = np.asarray(horizons, dtype=np.float64)
    by_horizon = from_start[:, np.searchsorted(forest.times, moments, side="right")]
    return sum_events(hazard), 1 - np.exp(-np.where(moments <= forest.last, by_horizon, np.nan))


def explain(state: State, background: Floats, values: Floats, seed: int) -> Attributions:
    """Explain the events expected of each row, against those of the background."""
    forest = _forest_of(state)
    return explain_function(
        lambda rows: sum_events(predict_hazard(forest, rows)), background, values, EXPECTED_EVENTS, seed
    )


def sum_events(hazard: Floats) -> Floats:
    """Sum the cumulative hazard of every row over the event times."""
    return np.asarray(np.ascontiguousarray(hazard).sum(axis=1), dtype=np.float64)


def _forest_of(state: State) -> SurvivalForest:
    return SurvivalForest(**{name: state[name] for name in SurvivalForest._fields})


SURVIVAL_FOREST = RiskModel(fit, predict, explain)
