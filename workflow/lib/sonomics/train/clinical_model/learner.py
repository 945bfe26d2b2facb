"""How a clinical model is fitted on the outcomes of a kind of task, what it predicts, and its points."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.settings.tasks import Task
from sonomics.train.classifiers.learner import Predicted

State = dict[str, Any]


class ClinicalLearner(NamedTuple):
    """What the job of a clinical model asks of a kind of task.

    Attributes
    ----------
    fit : callable
        `fit(clinical, outcomes, enter, task)` of training rows returns a JSON-ready state; outcomes are as `as_array`
        makes them. It has the `note` what was not estimable, and under the kind's `ratios` the rows of that table.
    predict : callable
        `predict(state, clinical, task)` returns columns of predictions, each row's by itself.
    tabulate : callable
        `tabulate(state, task)` returns the points of the nomogram.
    columns : callable
        `columns(task)` lists the columns of the table of ratios.
    """

    fit: Callable[[pd.DataFrame, NDArray[np.float64], float, Task], State]
    predict: Callable[[State, pd.DataFrame, Task], list[Predicted]]
    tabulate: Callable[[State, Task], pd.DataFrame]
    columns: Callable[[Task], list[str]]
