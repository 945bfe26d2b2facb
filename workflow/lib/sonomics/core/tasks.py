"""What a study predicts: the outcomes of its cases, as the kind of each task reads them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.settings.kinds import group
from sonomics.core.settings.tasks import Task
from sonomics.core.task_kinds.binary import Binary, find_horizon
from sonomics.core.task_kinds.classes import Classes
from sonomics.core.task_kinds.outcome import LABEL, Outcome
from sonomics.core.task_kinds.survival import Survival

# Kinds of tasks name these, so that an edit of one reruns what reads outcomes.
BINARY, CLASSES, SURVIVAL = Binary(), Classes(), Survival()


def outcome_of(task: Task) -> Outcome:
    """Return how the kind of a task reads outcomes."""
    outcome: Outcome = group("tasks").build(task.type)
    return outcome


def label_columns(task: Task) -> tuple[str, ...]:
    """Name the columns of the cohort that the outcomes of a task come from.

    Raises
    ------
    StudyError
        When a rule is not understood.
    """
    return outcome_of(task).sources(task)


def numeric_columns(task: Task) -> tuple[str, ...]:
    """Name the columns of a task that must hold numbers."""
    return outcome_of(task).numbers(task)


def horizon_of(task: Task) -> float:
    """Return the horizon of a rule on time, NaN for a task that has no rule on time.

    Raises
    ------
    StudyError
        When a rule on time is not understood.
    """
    return find_horizon(task) if getattr(task, "rule", None) is not None else float("nan")  # type: ignore[arg-type]


def task_outcomes(cohort: pd.DataFrame, task: Task) -> pd.DataFrame:
    """Read the outcomes of a task.

    Parameters
    ----------
    cohort : DataFrame
        With `case` and the columns the task reads.
    task : Task

    Returns
    -------
    DataFrame of float, indexed by case
        `label` (1 or 0; of several classes, the place of the class), or `time` and `event`; NaN where unknown.
    """
    return outcome_of(task).read(cohort, task)


def task_labels(cohort: pd.DataFrame, task: Task) -> pd.Series:
    """Read the labels of a task that has labels, as `task_outcomes` does."""
    return task_outcomes(cohort, task)[LABEL]


def as_array(outcomes: pd.DataFrame) -> NDArray[np.float64]:
    """Return outcomes as an array: (cases,) labels, or (cases, 2) times and events."""
    values = outcomes.to_numpy(dtype=np.float64)
    return values[:, 0] if values.shape[1] == 1 else values
