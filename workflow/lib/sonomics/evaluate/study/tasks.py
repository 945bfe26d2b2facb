"""How the evaluation reads the cases of each kind of task."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.schemas import EVENT, TIME
from sonomics.core.settings.evaluate import Evaluate
from sonomics.core.settings.tasks import Task
from sonomics.core.task_kinds.outcome import LABEL
from sonomics.core.tasks import outcome_of
from sonomics.evaluate.accuracy.performance import performance_table
from sonomics.evaluate.optional.external_classes import import_classes
from sonomics.evaluate.optional.external_models import ImportReader, import_labels
from sonomics.evaluate.optional.external_risks import import_risks
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.several_classes.analysis import class_task_tables
from sonomics.evaluate.several_classes.cases import decide_classes
from sonomics.evaluate.study.context import LABEL_WORDS, Context
from sonomics.evaluate.survival.task import EVENT_WORDS, group_cases, survival_task_tables

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
    measure : callable
        `measure(context) -> table of performance` of the samples of a context.
    of_values : tuple of str
        The statistics of that table that are shown for every value of a column that folds leave out.
    read_import : callable
        How the predictions of a model from elsewhere are read.
    has_best_possible : bool
        Whether the simulated risk may be judged by the task.
    """

    prepare: Callable[[pd.DataFrame, pd.DataFrame, Evaluate, Any], Prepared]
    describe: Callable[[pd.DataFrame, list[Model], Sequence[str]], pd.DataFrame]
    name_labels: Callable[[Sequence[str]], dict[float, str]]
    measure: Callable[[Context], pd.DataFrame]
    of_values: tuple[str, ...]
    read_import: ImportReader
    apart: str = ""
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
    take_labels,
    lambda cases, models, classes: cases,
    lambda classes: dict(LABEL_WORDS),
    lambda context: performance_table(context.samples, context.sampling),
    ("auc", "sensitivity", "specificity", "calibration_intercept", "calibration_slope"),
    import_labels,
    has_best_possible=True,
)
CLASSES = TaskReader(
    take_labels,
    decide_classes,
    lambda classes: {float(place): name for place, name in enumerate(classes)},
    lambda context: class_task_tables(context)["performance"],
    ("auc", "accuracy"),
    import_classes,
    "class",
)
SURVIVAL = TaskReader(
    follow_cases,
    lambda cases, models, classes: group_cases(cases, models),
    lambda classes: dict(EVENT_WORDS),
    lambda context: survival_task_tables(context)["performance"],
    ("auc",),
    import_risks,
    "horizon",
)
