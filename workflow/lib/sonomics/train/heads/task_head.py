"""What the training of a network asks of a kind of task."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.settings.tasks import Task
from sonomics.networks.heads.head import Head
from sonomics.train.classifiers.learner import Floats, Predicted


class TaskHead(NamedTuple):
    """How a network learns a kind of task.

    Attributes
    ----------
    choose : callable
        `choose(task)` returns what state.json says of the head, as `build_head` takes it.
    find_gap : callable
        `find_gap(known outcomes)` says what training images lack, after "the training images have"; "" when nothing.
    predict : callable
        `predict(probabilities, head, task)` returns the columns of predictions.
    """

    choose: Callable[[Task], dict[str, Any]]
    find_gap: Callable[[pd.DataFrame], str]
    predict: Callable[[Floats, Head, Task], list[Predicted]]
