"""The primary model in every centre (or other value of a column) that folds leave out, next to folds that divide it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from sonomics.core.files import read_json
from sonomics.core.fold_schemes import order_values, read_values
from sonomics.core.params import MAIN
from sonomics.core.registry import load
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.tables import read_table
from sonomics.evaluate.samples.cases import join_scores
from sonomics.evaluate.samples.models import Model, model_from
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.kinds.tasks import TASKS

OVERALL = "all"
COLUMNS = "variable level variant scheme model statistic estimate lower upper n positives method reason"


def held_out_tables(context: Context) -> Tables:
    """Make the table of the values that folds leave out.

    Returns
    -------
    dict
        `held_out`, where the folds of a run are by a column: `variable` (the column), `level` (its value, first "all"),
        `variant` and `scheme` (of the run and of its folds), and the columns of `performance`, for training cases out
        of fold. A value with too few cases for a statistic has NaN and the reason. A column of which every patient has
        a value of their own (leave one patient out) has no rows but those of "all".
    """
    rows: list[dict[str, Any]] = []
    for scheme, column in context.divided_by.items():
        runs = list_runs(context.schemes, scheme)
        if scheme not in {context.schemes[run] for run in runs}:
            continue
        of_patient = read_values(context.files.cohort, column)
        for run in runs:
            cases, model = score_training(context, run)
            of_case = cases["patient"].map(of_patient)
            for level, members in _split_by_value(cases, of_case, of_patient):
                names = {"variable": column, "level": level, "variant": run, "scheme": context.schemes[run]}
                rows += [{**names, **row} for row in measure_cases(context, members, model)]
    return {"held_out": pd.DataFrame(rows, columns=COLUMNS.split())} if rows else {}


def list_runs(schemes: Mapping[str, str], scheme: str) -> list[str]:
    """List the main run and those that differ from it in whether their folds are of a scheme."""
    of_main = schemes[MAIN] == scheme
    return [MAIN, *(run for run, name in schemes.items() if run != MAIN and (name == scheme) != of_main)]


def score_training(context: Context, run: str) -> tuple[pd.DataFrame, Model]:
    """Return the training cases with the values of the primary model of a run, out of fold, and that model."""
    name, reader = context.primary.name, load(TASKS.get(context.kind).reader)
    if run == MAIN:
        predictions, model = context.predictions[context.predictions["model"] == name], context.primary
    else:
        predictions = read_table(context.files.compared[run], PREDICTIONS)
        model = model_from(name, read_json(context.files.thresholds[run]))
    cases = join_scores(context.cohort, context.labels, predictions, None, reader.apart)
    cases = reader.describe(cases, [model], context.classes)
    return cases[cases["split"] == TRAIN], model


def measure_cases(context: Context, cases: pd.DataFrame, model: Model) -> list[dict[str, Any]]:
    """Compute the statistics of the kind of task on some cases, by the threshold that the run froze."""
    reader = load(TASKS.get(context.kind).reader)
    table = reader.measure(replace(context, samples=build_samples(cases, [model])))
    table = table[table["statistic"].isin(reader.of_values)]
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def _split_by_value(
    cases: pd.DataFrame, of_case: pd.Series, of_patient: pd.Series
) -> Iterator[tuple[str, pd.DataFrame]]:
    yield OVERALL, cases
    for value in order_values(of_patient) if not of_patient.is_unique else ():
        if (of_case == value).any():
            yield value, cases[of_case == value]
