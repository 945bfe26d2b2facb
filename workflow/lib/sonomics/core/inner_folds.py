"""Foresee inner folds that the training patients of a fold cannot fill."""

import math
from collections.abc import Iterator

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.task_checks import tasks_of_model
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import outcome_of, task_outcomes

# A search needs two inner folds; the path of a penalty needs three, and else keeps no feature.
FEWEST_OF_SEARCH = 2


def describe_inner_folds(cohort: pd.DataFrame, parameters: Parameters) -> list[str]:
    """Say where a fold leaves fewer patients of a class, or with the event, than there are inner folds.

    Parameters
    ----------
    cohort : DataFrame
        From `read_cohort`.
    parameters : Parameters
        The whole study.

    Returns
    -------
    list of str
        One line for each key: inner folds are then as many as those patients.

    Raises
    ------
    StudyError
        When a search is left with under two inner folds.
    """
    lines = []
    for name, task in parameters.study.tasks.items():
        left = count_left(cohort, task, parameters)
        for key, folds in _list_inner_folds(name, task, parameters):
            if key.endswith("search.folds") and left < FEWEST_OF_SEARCH:
                rule = f"a fold may leave {left} training patients of the rarest class or event of {name}: no search"
                raise StudyError(f"params.yaml, {key}", rule, "take the search out, or lower select.folds")
            if folds > left:
                lines.append(
                    f"warning: {key}: {folds} inner folds are stated for {name}, and a fold may leave {left} training "
                    "patients of its rarest class or event: so many are made"
                )
    return lines


def count_left(cohort: pd.DataFrame, task: Task, parameters: Parameters) -> int:
    """Count the patients of the rarest class, or with the event, in the fold that leaves the fewest, at least.

    Folds at random have equal shares of every class; a column of folds or of a scheme is read off the cohort.
    """
    training = cohort[cohort["split"] == TRAIN]
    outcomes = task_outcomes(training, task)
    balanced = outcomes[outcome_of(task).balanced].dropna()
    of_patients = balanced.groupby(training.set_index("case")["patient"].reindex(balanced.index)).max()
    strata = of_patients[of_patients == 1] if task.type == "survival" else of_patients
    scheme = next(iter(parameters.select.schemes().values()))
    column = "fold" if "fold" in training and training["fold"].notna().all() else scheme.column
    if column is None or column not in training:
        folds = scheme.number or 1
        return min((count - math.ceil(count / folds) for count in strata.value_counts()), default=0)
    fold_of = training.drop_duplicates("patient").set_index("patient")[column].astype(str)
    table = pd.crosstab(strata.to_numpy(), fold_of.reindex(strata.index).to_numpy())
    return int((table.sum(axis=1) - table.max(axis=1)).min()) if len(table) else 0


def _list_inner_folds(name: str, task: Task, parameters: Parameters) -> Iterator[tuple[str, int]]:
    """List the keys that state inner folds for a task, with their number."""
    for step in parameters.select.steps_of(name, task):
        if (folds := getattr(step, "folds", None)) is not None:
            yield f"select.steps, {step.step}.folds", int(folds)
    for model, settings in parameters.train.models.items():
        if name not in tasks_of_model(parameters.study.tasks, settings):
            continue
        if (folds := getattr(settings, "folds", None)) is not None:
            yield f"train.models.{model}.folds", int(folds)
        if (search := getattr(settings, "search", None)) is not None:
            yield f"train.models.{model}.search.folds", int(search.folds)
