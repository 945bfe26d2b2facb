"""Draft the cohort from the table of a folder source."""

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import TRAIN
from sonomics.core.tables import missing_column
from sonomics.core.words import canonical_column, translate
from sonomics.export.files.listing import WHERE
from sonomics.kinds.sources.folder import ListedCohort, Renamed


def draft_cohort(listed: pd.DataFrame, settings: ListedCohort) -> pd.DataFrame:
    """Draft the cohort of a folder source.

    Parameters
    ----------
    listed : DataFrame of str
        From `sonomics.export.files.listing.name_images`.
    settings : ListedCohort
        `export.folder.cohort` of params.

    Returns
    -------
    DataFrame of str
        `patient, case, centre, split`, `fold` where stated, and the columns; one row per case, sorted. Cases whose
        split is not stated are left out: a held-out part of a public set stays held out.

    Raises
    ------
    StudyError
        On a missing column, a value listed twice, no row with a listed split, a fold of a training row that is stated
        and not listed, or a case whose rows disagree.
    """
    where = f"{WHERE}.cohort"
    rows = listed[["patient", "case"]].copy()
    rows["centre"] = settings.centre
    rows["split"] = _translate_values(listed, settings.split, f"{where}.split").fillna("")
    if not (rows["split"] != "").any():
        rule = f"no row of the column {settings.split.column} holds a value that is listed"
        raise StudyError(f"{where}.split", rule, "list its values as they stand in the table")
    if settings.fold is not None:
        rows["fold"] = _translate_folds(listed, settings.fold, rows["split"] == TRAIN, f"{where}.fold")
    for name, column in settings.columns.items():
        rows[name] = canonical_column(_read_source_column(listed, column, f"{where}.columns.{name}"))
    distinct = rows[rows["split"] != ""].drop_duplicates()
    held = rows[rows["split"] != ""].fillna("")
    for column in map(str, held):
        is_unlike = held[column] != held.groupby("case")[column].transform("first")
        fix = "make the rows of a case agree in the table, or leave the column out"
        is_unlike = is_unlike.reindex(rows.index, fill_value=False)
        refuse_rows(is_unlike, column, where, "differs from that of the case's first image", fix)
    return distinct.sort_values("case", ignore_index=True)


def _translate_values(listed: pd.DataFrame, rule: Renamed, where: str) -> "pd.Series[str]":
    """Name what each value stands for; missing where it is not listed."""
    try:
        names = translate(rule.values)
    except ValueError as error:
        fix = "list each value once (1, 1.0 and 01 are the same number)"
        raise StudyError(where, f"the value {error} stands for two things", fix) from None
    return canonical_column(_read_source_column(listed, rule.column, where)).map(names)


def _translate_folds(listed: pd.DataFrame, rule: Renamed, in_training: pd.Series, where: str) -> "pd.Series[str]":
    """Name the fold of each row, "" where none is stated; a value that is not listed stops, it must not be dropped."""
    folds = _translate_values(listed, rule, where)
    is_stated = _read_source_column(listed, rule.column, where) != ""
    fix = "list each value of training rows under its fold, or leave the cell empty for a fold at random"
    refuse_rows(in_training & is_stated & folds.isna(), rule.column, where, "holds a value that is not listed", fix)
    return folds.fillna("")


def _read_source_column(listed: pd.DataFrame, column: str, where: str) -> "pd.Series[str]":
    if f"source__{column}" not in listed:
        columns = (str(name).removeprefix("source__") for name in listed if str(name).startswith("source__"))
        raise missing_column(where, column, columns)
    return listed[f"source__{column}"]
