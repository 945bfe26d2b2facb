"""Heads of tasks that have labels: two, or several classes."""

from typing import Any

import pandas as pd

from sonomics.core.schemas import PROBABILITY
from sonomics.core.settings.tasks import Task
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.core.tasks import outcome_of
from sonomics.networks.heads.head import Head
from sonomics.train.classifiers.learner import Floats, Predicted
from sonomics.train.heads.task_head import TaskHead


def choose_classes(task: Any) -> dict[str, Any]:
    """Choose proportional odds for ordered classes, else a softmax."""
    return {"kind": "ordered" if task.ordered else "nominal", "classes": len(task.classes)}


def find_gap(known: pd.DataFrame) -> str:
    """Say that there is one class alone, from which nothing can be learned."""
    return "labels of one class alone" if known[LABEL].nunique() < 2 else ""


def predict(probabilities: Floats, head: Head, task: Task) -> list[Predicted]:
    """Predict the probability of the positive class, or of each of several."""
    classes = outcome_of(task).classes(task)
    return [
        Predicted(name, PROBABILITY, float("nan"), column)
        for name, column in zip(classes, probabilities.T, strict=True)
    ]


BINARY = TaskHead(lambda task: {"kind": "binary"}, find_gap, predict)
CLASSES = TaskHead(choose_classes, find_gap, predict)
