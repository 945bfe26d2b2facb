"""Models from elsewhere: a table of their predictions is read, checked, and evaluated like the study's own models."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.folds import ALL
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.settings.evaluate import ExternalModel
from sonomics.core.tables import checked_table
from sonomics.evaluate.optional.declared_files import read_declared
from sonomics.evaluate.samples.models import PROBABILITY, SCORE, Model
from sonomics.evaluate.samples.predictions import rows_out_of_sample
from sonomics.kinds.wording import join_words
from sonomics.statistics.classification.cutoffs import youden_cutoff

LEFT_OUT_FOLD = "0"
POSITIVE = "1"
LOW = "low"
NO_END = "values that are no probabilities do not say which end of them is positive"


class Question(NamedTuple):
    """What a model from elsewhere answers: the task, its classes (the positive one alone), horizons of its risks."""

    task: str
    classes: list[str]
    horizons: list[float]


# `read(name, settings, question, cohort, labels) -> predictions of the schema PREDICTIONS, and the model`
ImportReader = Callable[[str, ExternalModel, Question, pd.DataFrame, pd.Series], tuple[pd.DataFrame, Model]]


def add_external_models(
    models: Sequence[Model],
    predictions: pd.DataFrame,
    external: Mapping[str, ExternalModel],
    read: ImportReader,
    question: Question,
    cohort: pd.DataFrame,
    labels: pd.Series,
) -> tuple[list[Model], pd.DataFrame]:
    """Add the models from elsewhere, and their predictions, to the study's own.

    Raises
    ------
    StudyError
        When a final model of the study has the name of one of them, or from `read`.
    """
    names = {model.name for model in models}
    added, tables = [], [predictions]
    for name, settings in external.items():
        if name in names:
            where = f"params.yaml, evaluate.external_models.{name}"
            raise StudyError(where, "a final model of the study has this name", "give it another name")
        table, model = read(name, settings, question, cohort, labels)
        added.append(model)
        tables.append(table)
    return [*models, *added], pd.concat(tables, ignore_index=True)


def import_labels(
    name: str, settings: ExternalModel, question: Question, cohort: pd.DataFrame, labels: pd.Series
) -> tuple[pd.DataFrame, Model]:
    """Read the answers of one model from elsewhere to a binary task, and build it with its threshold."""
    table = read_external(name, settings, question.task, cohort)
    return table, external_model(name, settings, table, labels)


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
        Schema PREDICTIONS, of this task; a higher value is more positive: where `positive` is low, probabilities p
        are 1 - p and other values have the other sign. Of the schema's columns only `case` and `value` must be in the
        file: the patient and split are then the cohort's, the kind is "probability", and the model was fitted on no
        case.

    Raises
    ------
    StudyError
        When the file is missing, has another content than declared, is without a row, or breaks the schema; a case is
        not in the cohort, or has another patient or split there; a row is of another class than the positive one; a
        probability is outside 0 to 1; a value is infinite; a case has two values; or values that are no probabilities
        come without `positive`.
    """
    where = name_import(name, settings)
    frame = read_rows(settings, ("case", "value"), cohort, where)
    table = complete_columns(frame, name, task, cohort, where)
    fix = f"give values of the positive class alone, which is {POSITIVE}, or leave the column class out"
    refuse_rows(table["class"].astype(str) != POSITIVE, "class", where, "is not the positive class", fix)
    is_of_task = table["task"] == task
    check_probabilities(table.assign(value=table["value"].where(is_of_task)), where)
    own = checked_table(table[is_of_task], PREDICTIONS, where)
    if settings.positive is None and (own["kind"] == SCORE).any():
        raise StudyError(where, NO_END, f"state evaluate.external_models.{name}.positive: high or low")
    return turn_up(own, settings)


def name_import(name: str, settings: ExternalModel) -> str:
    """Name the table of a model from elsewhere in messages."""
    return f"{settings.file} (evaluate.external_models.{name})"


def read_rows(settings: ExternalModel, columns: Sequence[str], cohort: pd.DataFrame, where: str) -> pd.DataFrame:
    """Read the table of a model from elsewhere, with these columns and no case that the cohort does not have."""
    frame = read_declared(Path(settings.file), settings.sha256, where)
    for column in columns:
        if column not in frame:
            raise StudyError(where, f"there is no column {column}", f"give at least {join_words(list(columns))}")
    if frame.empty:
        fix = "give one row per case, or take the model out of params.yaml"
        raise StudyError(where, "the table has no row", fix)
    is_absent = ~frame["case"].isin(set(cohort["case"]))
    refuse_rows(is_absent, "case", where, "is not in the cohort", "list it, or remove its row")
    return frame


def turn_up(table: pd.DataFrame, settings: ExternalModel) -> pd.DataFrame:
    """Turn the values of a model whose low end is positive, so that a higher one is more positive."""
    if settings.positive != LOW:
        return table
    is_probability = table["kind"] == PROBABILITY
    return table.assign(value=(1 - table["value"]).where(is_probability, -table["value"]))


def turn_cutoff(settings: ExternalModel, on: str) -> tuple[float, str]:
    """Return the cutoff that the settings state, on the values as `turn_up` leaves them, and how it was chosen."""
    cutoff = float(settings.cutoff) if settings.cutoff is not None else np.nan
    if settings.positive != LOW:
        return cutoff, "stated in the parameters"
    turned = 1 - cutoff if on == PROBABILITY else -cutoff
    return turned, f"stated in the parameters: positive at or below {cutoff:g}, and values are turned round"


def external_model(name: str, settings: ExternalModel, predictions: pd.DataFrame, labels: pd.Series) -> Model:
    """Build a model from elsewhere with its threshold.

    Returns
    -------
    Model
        With the cutoff that the settings state (published with it, and turned as the values are), else the largest
        Youden index on training cases, else none.
    """
    kinds = set(predictions["kind"])
    on = PROBABILITY if PROBABILITY in kinds or not kinds else min(kinds)
    if settings.cutoff is not None:
        cutoff, rule = turn_cutoff(settings, on)
        return Model(name, cutoff, on, rule, developed=False)
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


def complete_columns(frame: pd.DataFrame, name: str, task: str, cohort: pd.DataFrame, where: str) -> pd.DataFrame:
    """Add the columns that a plain table of cases and values leaves out.

    Raises
    ------
    StudyError
        At a row whose patient or split is not that of the case in the cohort.
    """
    by_case = cohort.set_index("case")
    split = frame["split"] if "split" in frame else frame["case"].map(by_case["split"])
    fold = pd.Series(np.where(split == TRAIN, LEFT_OUT_FOLD, ALL), index=frame.index)
    defaults: dict[str, Any] = {
        "patient": frame["case"].map(by_case["patient"]), "image": "", "variant": "main", "model": name, "task": task,
        "class": POSITIVE, "kind": PROBABILITY, "horizon": np.nan, "split": split, "fold": fold,
    }  # fmt: skip
    table = frame.assign(**{column: value for column, value in defaults.items() if column not in frame})
    for column in ("patient", "split"):
        expected = table["case"].map(by_case[column])
        fix = f"correct it, or leave the column {column} out"
        refuse_rows(table[column] != expected, column, where, "differs from that of the case in the cohort", fix)
    return table.assign(model=name)
