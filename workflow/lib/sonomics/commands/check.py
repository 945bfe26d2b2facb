"""`sonomics check`: what is wrong with a study, before any work."""

from pathlib import Path

import pandas as pd
import typer

from sonomics.clean.screening.criteria import CASE, columns_of, count_states, evaluate_criteria, of_level
from sonomics.commands.outlines import describe_outlines
from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.cohort import check_columns, read_cohort
from sonomics.core.cohort_checks import check_folds, check_labels
from sonomics.core.cohort_values import check_values
from sonomics.core.params import PHASES, columns_named
from sonomics.core.readings import read_readings
from sonomics.core.schemas import TIME, TRAIN
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.study import Task
from sonomics.core.tasks import task_labels
from sonomics.kinds.sources import SOURCES
from sonomics.networks.weights.check import check_weights, list_networks

SHOWN = 8
# Cases that share a value at least, or it is not shown: a rarer one may be a name in the wrong column. A convention.
SHARED = 3


def check(study: Study = Path()) -> None:
    """Check params.yaml, networks and their weights, the cohort, readings and outlines before any work."""
    with stopping():
        params = read_params(study)
        source = params.export.source
        for risk in SOURCES.get(source).list_risks(params.export.sources()[source]):
            typer.echo(f"warning: {risk}", err=True)
        _check_networks(params)
        path = study / "data" / "cohort.csv"
        cohort = read_cohort(path, params.study)
        sizes = ", ".join(f"{len(rows)} {split}" for split, rows in cohort.groupby("split"))
        typer.echo(f"{params.study.name}: {cohort['patient'].nunique()} patients, {len(cohort)} cases ({sizes})")
        check_labels(cohort, params.study, str(path))
        check_folds(cohort, params.select.folds, str(path))
        check_columns(path, columns_named(params))
        check_values(path, params, PHASES)
        training = cohort[cohort["split"] == TRAIN]
        for name, task in params.study.tasks.items():
            labels = task_labels(training, task)
            counts = f"{int(labels.sum())} of {labels.notna().sum()} positive, {labels.isna().sum()} unknown"
            typer.echo(f"{name}, in training: {counts}{_negatives(training, task, labels)}")
        for name in params.study.clinical:
            typer.echo(f"{name}, in training: {_values(training[name])}")
        if TIME in training:
            typer.echo(f"follow-up in months, in training: {_values(training[TIME])}")
        readings = read_readings(study / "data" / "readers.csv", set(cohort["case"]), set(params.study.tasks))
        typer.echo(f"readings: {len(readings)} of {readings['reader'].nunique()} readers")
        for line in describe_outlines(study, set(cohort["case"]), params):
            typer.echo(line)
        on_cases = of_level(params.clean.criteria, CASE)
        clinical = read_cohort(path, params.study.model_copy(update={"tasks": {}, "clinical": columns_of(on_cases)}))
        for criterion, found in count_states(evaluate_criteria(clinical, on_cases)).items():
            listed = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in found.items() if count)
            typer.echo(f"criterion {criterion}: {listed}")


def _negatives(training: pd.DataFrame, task: Task, labels: pd.Series) -> str:
    """Tell which words of a label column count as negative: a word misspelt would be among them."""
    if task.column is None:
        return ""
    return f"; negative are {_values(training[task.column][(labels == 0).to_numpy()])}"


def _values(column: pd.Series) -> str:
    """Tell what a column holds: one word among numbers makes all of them words."""
    known, unknown = column.dropna(), int(column.isna().sum())
    if pd.api.types.is_numeric_dtype(column):
        held = f"numbers from {known.min():g} to {known.max():g}" if len(known) else "nothing"
    else:
        counts = known.value_counts().sort_index()
        common, rare = counts[counts >= SHARED], counts[counts < SHARED]
        shown = [f"{count} {value}" for value, count in common.head(SHOWN).items()]
        few = [f"{rare.sum()} of words that fewer than {SHARED} cases share"] if len(rare) else []
        held = ", ".join(shown + ["..."] * (len(common) > SHOWN) + few)
    return f"{held}, {unknown} unknown" if unknown else held


def _check_networks(params: Parameters) -> None:
    stated = params.plain()
    check_weights(stated, PHASES)
    if any(list_networks(stated, PHASES)):
        from sonomics.networks.architectures.check import check_networks

        check_networks(stated, PHASES)
