"""Models of survival tasks: what their kinds share in fitting, predicting and explaining a risk."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.schemas import PROBABILITY, RISK
from sonomics.core.settings.tasks import Task
from sonomics.core.settings.train import Model
from sonomics.core.tasks import outcome_of
from sonomics.kinds.models import MODELS
from sonomics.train.attributions.explain import Attributions
from sonomics.train.classifiers.folds import summarise_risks
from sonomics.train.classifiers.learner import Floats, Learner, Predicted, RiskModel

State = dict[str, Any]


def fit_risks(settings: Model, values: Floats, outcomes: Floats, groups: NDArray[np.str_], seed: int) -> State:
    """Fit the model that the settings name; its state remembers the kind."""
    model: RiskModel = MODELS.build(settings.kind)
    return {"kind": settings.kind, **model.fit(settings, values, outcomes, groups, seed)}


def predict_risks(state: State, values: Floats, task: Task) -> list[Predicted]:
    """Predict the risk, and the probability of the event by each horizon of the task."""
    model: RiskModel = MODELS.build(state["kind"])
    horizons = outcome_of(task).horizons(task)
    risk, probability = model.predict(state, values, horizons)
    columns = zip(horizons, probability.T, strict=True)
    return [
        Predicted("1", RISK, float("nan"), risk),
        *(Predicted("1", PROBABILITY, horizon, column) for horizon, column in columns),
    ]


def explain_risks(state: State, background: Floats, values: Floats, task: Task, seed: int) -> dict[str, Attributions]:
    """Explain the risk, against that of the background."""
    model: RiskModel = MODELS.build(state["kind"])
    return {"1": model.explain(state, background, values, seed)}


RISK_LEARNER = Learner(fit_risks, predict_risks, summarise_risks, explain_risks)
