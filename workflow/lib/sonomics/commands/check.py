"""`sonomics check`: what is wrong with a study, before any work."""

from pathlib import Path

import pandas as pd
import typer

from sonomics.clean.screening.criteria import CASE, columns_of, count_states, evaluate_criteria, of_level
from sonomics.commands.outlines import describe_outlines
from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.cohort import check_columns, read_cohort
from sonomics.core.cohort_checks import check_labels
from sonomics.core.cohort_values import check_values
from sonomics.core.fold_schemes import check_division
from sonomics.core.inner_folds import describe_inner_folds
from sonomics.core.params import PHASES, columns_named
from sonomics.core.readings import check_class_readings, read_readings
from sonomics.core.schemas import TIME, TRAIN
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import SURVIVAL, outcome_of, task_outcomes
from sonomics.kinds.sources import SOURCES
from sonomics.networks.weights.check import check_weights, list_networks

SHOWN = 8


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
        check_division(path, cohort, params.plain())
        check_columns(path, columns_named(params))
        check_values(path, params, PHASES)
        training = cohort[cohort["split"] == TRAIN]
        for name, task in params.study.tasks.items():
            typer.echo(f"{name}, in training: {_describe_outcomes(training, task)}")
        for line in describe_inner_folds(cohort, params):
            typer.echo(line, err=True)
        for name in params.study.clinical:
            typer.echo(f"{name}, in training: {_values(training[name])}")
        for name, outcome in params.evaluate.outcomes.items():
            clinical = read_cohort(path, params.study.model_copy(update={"clinical": list(SURVIVAL.sources(outcome))}))
            known = SURVIVAL.read(clinical[clinical["split"] == TRAIN], outcome).dropna()
            typer.echo(f"{name}, in training: {SURVIVAL.describe(known, outcome)}; no model learns it")
        if TIME in training:
            typer.echo(f"follow-up in months, in training: {_values(training[TIME])}")
        readings = read_readings(study / "data" / "readers.csv", set(cohort["case"]), set(params.study.tasks))
        for name, task in params.study.tasks.items():
            if task.type == "classes":
                check_class_readings(
                    readings, name, outcome_of(task).classes(task), str(study / "data" / "readers.csv")
                )
        typer.echo(f"readings: {len(readings)} of {readings['reader'].nunique()} readers")
        for line in describe_outlines(study, set(cohort["case"]), params):
            typer.echo(line)
        on_cases = of_level(params.clean.criteria, CASE)
        clinical = read_cohort(path, params.study.model_copy(update={"tasks": {}, "clinical": columns_of(on_cases)}))
        for criterion, found in count_states(evaluate_criteria(clinical, on_cases)).items():
            listed = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in found.items() if count)
            typer.echo(f"criterion {criterion}: {listed}")


def _describe_outcomes(training: pd.DataFrame, task: Task) -> str:
    """Count the outcomes of a task, and tell which words of a column are none that it names: one may be misspelt."""
    outcome, outcomes = outcome_of(task), task_outcomes(training, task)
    known = outcomes.dropna()
    counts, unknown = outcome.describe(known, task), len(outcomes) - len(known)
    others = outcome.mark_others(outcomes, task)
    rest = f"; negative: {_values(training[outcome.sources(task)[0]][others.to_numpy()])}" if others.any() else ""
    return f"{counts}, {unknown} unknown{rest}"


def _values(column: pd.Series) -> str:
    """Tell what a column holds: one word among numbers makes all of them words."""
    known, unknown = column.dropna(), int(column.isna().sum())
    if pd.api.types.is_numeric_dtype(column):
        held = f"numbers from {known.min():g} to {known.max():g}" if len(known) else "nothing"
    else:
        held = _words(known)
    return f"{held}, {unknown} unknown" if unknown else held


def _words(known: pd.Series) -> str:
    """Count the words of a column, the most frequent first: a rare one may be misspelt. None is repeated."""
    counts = known.value_counts(sort=True)
    if counts.empty:
        return "nothing"
    shown = [str(count) for count in counts.head(SHOWN)] + ["..."] * (len(counts) > SHOWN)
    return f"{len(counts)} {'word' if len(counts) == 1 else 'words'} ({', '.join(shown)} cases)"


def _check_networks(params: Parameters) -> None:
    stated = params.plain()
    check_weights(stated, PHASES)
    if any(list_networks(stated, PHASES)):
        from sonomics.networks.architectures.check import check_networks

        for line in check_networks(stated, PHASES):
            typer.echo(line)
