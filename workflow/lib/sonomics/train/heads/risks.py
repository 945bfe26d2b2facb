"""Heads of survival tasks: hazards of intervals, which become a risk and probabilities at the horizons."""

from typing import cast

import numpy as np
import pandas as pd

from sonomics.core.schemas import EVENT, PROBABILITY, RISK
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import outcome_of
from sonomics.networks.heads.hazards import Hazards, predict_events
from sonomics.networks.heads.head import Head
from sonomics.train.classifiers.learner import Floats, Predicted
from sonomics.train.heads.task_head import TaskHead


def find_gap(known: pd.DataFrame) -> str:
    """Say that there is no event."""
    return "" if known[EVENT].any() else "no event (all cases are censored)"


def predict(probabilities: Floats, head: Head, task: Task) -> list[Predicted]:
    """Predict the risk, and the probability of the event by each horizon of the task."""
    hazards, horizons = cast(Hazards, head), outcome_of(task).horizons(task)
    ends = hazards.ends.cpu().numpy().astype(np.float64)
    risk, probability = predict_events(probabilities, ends, float(hazards.last), horizons)
    return [
        Predicted("1", RISK, float("nan"), risk),
        *(
            Predicted("1", PROBABILITY, horizon, column)
            for horizon, column in zip(horizons, probability.T, strict=True)
        ),
    ]


HAZARDS = TaskHead(lambda task: {"kind": "hazards"}, find_gap, predict)
