"""How a model on features is fitted on the outcomes of a kind of task, and what it predicts."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.settings.tasks import Task
from sonomics.core.settings.train import Model
from sonomics.train.attributions.explain import Attributions

Floats = NDArray[np.float64]


class Predicted(NamedTuple):
    """One column of predictions: the class it is of, its kind, its horizon (NaN without one), a value for each row."""

    class_name: str
    kind: str
    horizon: float
    values: Floats


class Learner(NamedTuple):
    """What a training job asks of a kind of task.

    Attributes
    ----------
    fit : callable
        `fit(settings, values, outcomes, groups, seed)` returns a model that `write_model` can write; outcomes are as
        `as_array` makes them.
    predict : callable
        `predict(model, values, task)` returns the columns.
    summarise : callable
        `summarise(predictions, outcomes, task)` of out-of-fold predictions returns the `mean` and `sd` of the measure
        of each fold, and how many `folds` have one.
    explain : callable
        `explain(model, background, values, task, seed)` returns what each feature adds to each row, by class.
    """

    fit: Callable[[Model, Floats, Floats, NDArray[np.str_], int], Any]
    predict: Callable[[Any, Floats, Task], list[Predicted]]
    summarise: Callable[[pd.DataFrame, pd.DataFrame, Task], dict[str, Any]]
    explain: Callable[[Any, Floats, Floats, Task, int], dict[str, Attributions]]


class RiskModel(NamedTuple):
    """A kind of model of survival tasks; its state holds arrays and numbers.

    Attributes
    ----------
    fit : callable
        `fit(settings, values, outcomes, groups, seed)` returns the state.
    predict : callable
        `predict(state, values, horizons)` returns the risk (rows,), higher = earlier event, and the probability of the
        event by each horizon (rows, horizons), NaN beyond the last follow-up of training.
    explain : callable
        `explain(state, background, values, seed)` returns what each feature adds to the risk of each row.
    """

    fit: Callable[[Any, Floats, Floats, NDArray[np.str_], int], dict[str, Any]]
    predict: Callable[[dict[str, Any], Floats, list[float]], tuple[Floats, Floats]]
    explain: Callable[[dict[str, Any], Floats, Floats, int], Attributions]
