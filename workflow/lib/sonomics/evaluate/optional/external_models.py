"""Models from elsewhere: a table of their predictions is dropped in, checked, and evaluated beside the study's own."""

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import PREDICTIONS, TRAIN
from sonomics.core.tables import checked_table
from sonomics.evaluate.cases import PROBABILITY, Model
from sonomics.statistics.classification.cutoffs import youden_cutoff

LEFT_OUT, WHOLE = "0", "all"
POSITIVE = "1"
NO_NUMBER = ("", "NA", "NaN", "nan")


def read_outside(name: str, stated: Mapping[str, Any], task: str, cohort: pd.DataFrame) -> pd.DataFrame:
    """Read the predictions of one model from elsewhere.

    Parameters
    ----------
    name : str
    stated : mapping
        `file` (CSV or Parquet) and its `sha256`.
    task : str
    cohort : DataFrame
        With `patient, case, split`.

    Returns
    -------
    DataFrame
        Schema PREDICTIONS, of this task. Of the schema's columns only `case` and `value` must be in the file: the
        patient and split are then the cohort's, the kind is "probability", and no case counts as fitted on.

    Raises
    ------
    StudyError
        When the file is missing, another than stated, without a row, or breaks the schema; a case is not in the cohort,
        or has another patient or split there; a row is of another class than the positive one; a probability is outside
        0 to 1; a value is infinite; or a case has two values.
    """
    path = Path(stated["file"])
    where = f"{path} (evaluate.external_models.{name})"
    frame = read_stated(path, stated["sha256"], where)
    for column in ("case", "value"):
        if column not in frame:
            raise StudyError(where, f"there is no column {column}", "give at least case and value, a row a case")
    if frame.empty:
        raise StudyError(where, "the table has no row", "give a row a case, or take the model out of params.yaml")
    known = cohort.set_index("case")
    absent = frame.loc[~frame["case"].isin(known.index), "case"]
    if len(absent):
        raise StudyError(
            f"{where}, case {absent.iloc[0]}", "the case is not in the cohort", "list it, or remove its row"
        )
    table = _completed(frame, name, task, known)
    _check_agreement(table, known, where)
    table = table[table["task"] == task]
    check_probabilities(table, where)
    return checked_table(table, PREDICTIONS, where)


def outside_model(name: str, stated: Mapping[str, Any], predictions: pd.DataFrame, labels: pd.Series) -> Model:
    """Give a model from elsewhere its threshold.

    Returns
    -------
    Model
        With the cutoff that params state (published with it), else the largest Youden index on training cases, else
        none.
    """
    kinds = set(predictions["kind"])
    on = PROBABILITY if PROBABILITY in kinds or not kinds else min(kinds)
    if "cutoff" in stated:
        return Model(name, float(stated["cutoff"]), on, "stated in the parameters", developed=False)
    used = predictions[(predictions["split"] == TRAIN) & (predictions["fold"] != WHOLE) & (predictions["kind"] == on)]
    label, value = used["case"].map(labels).to_numpy(dtype=float), used["value"].to_numpy()
    known = ~np.isnan(label) & ~np.isnan(value)
    return Model(name, youden_cutoff(label[known], value[known]).cutoff, on, "youden", developed=False)


def read_stated(path: Path, digest: str, where: str) -> pd.DataFrame:
    """Read a table whose content the parameters vouch for; text stays text, `value` is a number.

    Raises
    ------
    StudyError
        When the file is missing, not the one stated, empty, or has a value that is no number.
    """
    if not path.exists():
        raise StudyError(where, "the file is missing", "put it there, or take the model out of params.yaml")
    found = sha256(path.read_bytes()).hexdigest()
    if found != digest:
        rule = f"the file has another content than params.yaml states (SHA-256 {found})"
        raise StudyError(where, rule, "write this sum into params.yaml if the new content is meant")
    if path.suffix == ".parquet":
        return _read_parquet(path, where)
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    except pd.errors.EmptyDataError:
        raise StudyError(where, "the file is empty", "give at least the columns case and value") from None
    except (pd.errors.ParserError, UnicodeDecodeError) as error:
        raise StudyError(where, f"this is no CSV in UTF-8 ({error})", "save it as such, or as Parquet") from None
    for name in frame.columns.intersection(["value", "horizon"]):
        numbers = pd.to_numeric(frame[name], errors="coerce")
        odd = frame.loc[numbers.isna() & ~frame[name].isin(NO_NUMBER), name]
        if len(odd):
            raise StudyError(
                where, f"column {name} has {odd.iloc[0]!r}, which is no number", "correct it, or leave it empty"
            )
        frame[name] = numbers.astype(float)
    return frame


def _read_parquet(path: Path, where: str) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(path)
    except (OSError, ValueError) as error:
        raise StudyError(where, f"this is no Parquet file ({error})", "write it anew, or give CSV") from None
    for name in frame.columns.intersection(["value", "horizon"]):
        if not pd.api.types.is_numeric_dtype(frame[name]):
            raise StudyError(where, f"column {name} is not numeric", "write numbers, and NaN where there is none")
    return frame


def _completed(frame: pd.DataFrame, name: str, task: str, known: pd.DataFrame) -> pd.DataFrame:
    """Add the columns that a plain table of cases and values leaves out."""
    split = frame["split"] if "split" in frame else frame["case"].map(known["split"])
    fold = pd.Series(np.where(split == TRAIN, LEFT_OUT, WHOLE), index=frame.index)
    usual: dict[str, Any] = {
        "patient": frame["case"].map(known["patient"]), "image": "", "variant": "main", "model": name, "task": task,
        "class": POSITIVE, "kind": PROBABILITY, "horizon": np.nan, "split": split, "fold": fold,
    }  # fmt: skip
    table = frame.assign(**{column: value for column, value in usual.items() if column not in frame})
    return table.assign(model=name)


def _check_agreement(table: pd.DataFrame, known: pd.DataFrame, where: str) -> None:
    """Stop at a row that says other things of a case than the cohort, or that is of another class."""
    for column in ("patient", "split"):
        ours = table["case"].map(known[column])
        for row in table.assign(ours=ours)[table[column] != ours].to_dict("records"):
            rule = f"its {column} is {row[column]} here and {row['ours']} in the cohort"
            raise StudyError(f"{where}, case {row['case']}", rule, f"correct it, or leave the column {column} out")
    for row in table[table["class"].astype(str) != POSITIVE].to_dict("records"):
        rule = f"the row is of class {row['class']}"
        mend = f"give values of the positive class alone, which is {POSITIVE}, or leave the column class out"
        raise StudyError(f"{where}, case {row['case']}", rule, mend)


def check_probabilities(table: pd.DataFrame, where: str) -> None:
    """Stop at a probability outside 0 to 1, or an infinite value of any kind; NaN is unknown and passes."""
    values = table["value"].astype(float)
    outside = table[(table["kind"] == PROBABILITY) & ~values.between(0, 1) & values.notna()]
    for row in outside.itertuples():
        rule = f"the probability {row.value:g} is outside 0 to 1"
        raise StudyError(f"{where}, case {row.case}", rule, "state `kind` as score, or correct it")
    for row in table[np.isinf(values)].itertuples():
        raise StudyError(f"{where}, case {row.case}", "the score is infinite", "leave it empty if it is unknown")
