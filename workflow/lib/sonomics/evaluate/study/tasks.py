"""How the evaluation reads the cases of each kind of task."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.schemas import EVENT, TIME
from sonomics.core.settings.evaluate import Evaluate
from sonomics.core.settings.tasks import Task
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.core.tasks import outcome_of
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.several_classes.cases import decide_classes
from sonomics.evaluate.study.context import LABEL_WORDS
from sonomics.evaluate.survival.task import EVENT_WORDS, group_cases

Prepared = tuple[pd.DataFrame, pd.Series, Evaluate]


class TaskReader(NamedTuple):
    """What the evaluation makes of the cases of a kind of task.

    Attributes
    ----------
    prepare : callable
        `prepare(cohort, outcomes, settings, task) -> cohort, labels, settings`.
    describe : callable
        `describe(cases, models, classes) -> cases`, with true classes and decisions in words where there are any.
    name_labels : callable
        `name_labels(classes) -> mapping of label to word`.
    apart : str
        The column of the predictions that tells values of one kind apart, as of `join_scores`.
    takes_external_models, has_best_possible : bool
        Whether models from elsewhere, and the simulated risk, may be judged by the task.
    """

    prepare: Callable[[pd.DataFrame, pd.DataFrame, Evaluate, Any], Prepared]
    describe: Callable[[pd.DataFrame, list[Model], Sequence[str]], pd.DataFrame]
    name_labels: Callable[[Sequence[str]], dict[float, str]]
    apart: str = ""
    takes_external_models: bool = False
    has_best_possible: bool = False


def take_labels(cohort: pd.DataFrame, outcomes: pd.DataFrame, settings: Evaluate, task: Task) -> Prepared:
    """Take labels as they are."""
    return cohort, outcomes[LABEL], settings


def follow_cases(cohort: pd.DataFrame, outcomes: pd.DataFrame, settings: Evaluate, task: Task) -> Prepared:
    """Make the task's time and event those of the cohort, the event the label, and its horizons those of the study."""
    of_case = outcomes.reindex(cohort["case"])
    followed = cohort.assign(**{name: of_case[name].to_numpy() for name in (TIME, EVENT)})
    return followed, outcomes[EVENT], settings.model_copy(update={"horizons": outcome_of(task).horizons(task)})


BINARY = TaskReader(
    take_labels, lambda cases, models, classes: cases, lambda classes: dict(LABEL_WORDS), "", True, True
)
CLASSES = TaskReader(
    take_labels,
    decide_classes,
    lambda classes: {float(place): name for place, name in enumerate(classes)},
    "class",
)
SURVIVAL = TaskReader(
    follow_cases,
    lambda cases, models, classes: group_cases(cases, models),
    lambda classes: dict(EVENT_WORDS),
    "horizon",
)
