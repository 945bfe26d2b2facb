"""Models from elsewhere: a table of their predictions is read, checked, and evaluated like the study's own models."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.folds import ALL
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.settings.evaluate import ExternalModel
from sonomics.core.tables import checked_table
from sonomics.evaluate.optional.declared_files import read_declared
from sonomics.evaluate.samples.models import PROBABILITY, Model
from sonomics.evaluate.samples.predictions import rows_out_of_sample
from sonomics.statistics.classification.cutoffs import youden_cutoff

LEFT_OUT_FOLD = "0"
POSITIVE = "1"


def add_external_models(
    models: Sequence[Model],
    predictions: pd.DataFrame,
    external: Mapping[str, ExternalModel],
    task: str,
    cohort: pd.DataFrame,
    labels: pd.Series,
) -> tuple[list[Model], pd.DataFrame]:
    """Add the models from elsewhere, and their predictions, to the study's own.

    Raises
    ------
    StudyError
        When a final model of the study has the name of one of them, or from `read_external`.
    """
    names = {model.name for model in models}
    added, tables = [], [predictions]
    for name, settings in external.items():
        if name in names:
            where = f"params.yaml, evaluate.external_models.{name}"
            raise StudyError(where, "a final model of the study has this name", "give it another name")
        table = read_external(name, settings, task, cohort)
        added.append(external_model(name, settings, table, labels))
        tables.append(table)
    return [*models, *added], pd.concat(tables, ignore_index=True)


def read_external(name: str, settings: ExternalModel, task: str, cohort: pd.DataFrame) -> pd.DataFrame:
    """Read the predictions of one model from elsewhere.

    Parameters
    ----------
    name : str
    settings : ExternalModel
        File (CSV or Parquet) and its SHA-256.
    task : str
    cohort : DataFrame
        With `patient, case, split`.

    Returns
    -------
    DataFrame
        Schema PREDICTIONS, of this task. Of the schema's columns only `case` and `value` must be in the file: the
        patient and split are then the cohort's, the kind is "probability", and the model was fitted on no case.

    Raises
    ------
    StudyError
        When the file is missing, has another content than declared, is without a row, or breaks the schema; a case is
        not in the cohort, or has another patient or split there; a row is of another class than the positive one; a
        probability is outside 0 to 1; a value is infinite; or a case has two values.
    """
    where = f"{settings.file} (evaluate.external_models.{name})"
    frame = read_declared(Path(settings.file), settings.sha256, where)
    for column in ("case", "value"):
        if column not in frame:
            fix = "give at least case and value, one row per case"
            raise StudyError(where, f"there is no column {column}", fix)
    if frame.empty:
        fix = "give one row per case, or take the model out of params.yaml"
        raise StudyError(where, "the table has no row", fix)
    by_case = cohort.set_index("case")
    is_absent = ~frame["case"].isin(by_case.index)
    refuse_rows(is_absent, "case", where, "is not in the cohort", "list it, or remove its row")
    table = _complete_columns(frame, name, task, by_case)
    _check_against_cohort(table, by_case, where)
    is_of_task = table["task"] == task
    check_probabilities(table.assign(value=table["value"].where(is_of_task)), where)
    return checked_table(table[is_of_task], PREDICTIONS, where)


def external_model(name: str, settings: ExternalModel, predictions: pd.DataFrame, labels: pd.Series) -> Model:
    """Build a model from elsewhere with its threshold.

    Returns
    -------
    Model
        With the cutoff that the settings state (published with it), else the largest Youden index on training cases,
        else none.
    """
    kinds = set(predictions["kind"])
    on = PROBABILITY if PROBABILITY in kinds or not kinds else min(kinds)
    if settings.cutoff is not None:
        return Model(name, float(settings.cutoff), on, "stated in the parameters", developed=False)
    used = rows_out_of_sample(predictions)
    used = used[(used["split"] == TRAIN) & (used["kind"] == on)]
    label, value = used["case"].map(labels).to_numpy(dtype=float), used["value"].to_numpy()
    known = ~np.isnan(label) & ~np.isnan(value)
    return Model(name, youden_cutoff(label[known], value[known]).cutoff, on, "youden", developed=False)


def check_probabilities(table: pd.DataFrame, where: str) -> None:
    """Raise at a probability outside 0 to 1, or an infinite value of any kind; NaN is unknown and passes."""
    values = table["value"].astype(float)
    is_outside = (table["kind"] == PROBABILITY) & ~values.between(0, 1) & values.notna()
    fix = "state `kind` as score, or correct it"
    refuse_rows(is_outside, "value", where, "is a probability outside 0 to 1", fix)
    refuse_rows(values.isin([np.inf, -np.inf]), "value", where, "is infinite", "leave it empty if it is unknown")


def _complete_columns(frame: pd.DataFrame, name: str, task: str, by_case: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that a plain table of cases and values leaves out."""
    split = frame["split"] if "split" in frame else frame["case"].map(by_case["split"])
    fold = pd.Series(np.where(split == TRAIN, LEFT_OUT_FOLD, ALL), index=frame.index)
    defaults: dict[str, Any] = {
        "patient": frame["case"].map(by_case["patient"]), "image": "", "variant": "main", "model": name, "task": task,
        "class": POSITIVE, "kind": PROBABILITY, "horizon": np.nan, "split": split, "fold": fold,
    }  # fmt: skip
    table = frame.assign(**{column: value for column, value in defaults.items() if column not in frame})
    return table.assign(model=name)


def _check_against_cohort(table: pd.DataFrame, by_case: pd.DataFrame, where: str) -> None:
    """Raise at a row that contradicts the cohort, or that is of another class."""
    for column in ("patient", "split"):
        expected = table["case"].map(by_case[column])
        fix = f"correct it, or leave the column {column} out"
        refuse_rows(table[column] != expected, column, where, "differs from that of the case in the cohort", fix)
    fix = f"give values of the positive class alone, which is {POSITIVE}, or leave the column class out"
    refuse_rows(table["class"].astype(str) != POSITIVE, "class", where, "is not the positive class", fix)
