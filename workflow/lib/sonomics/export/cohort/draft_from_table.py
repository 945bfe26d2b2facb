"""Draft the cohort from the table of a folder source."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.export.files.listing import WHERE


def draft_cohort(listed: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Draft the cohort of a folder source.

    Parameters
    ----------
    listed : DataFrame of str
        From `sonomics.export.files.listing.name_images`.
    settings : mapping
        `export.folder.cohort` of params: `centre` (a name), `split` and optionally `fold` (each a `column` and
        `values`: name -> list of the column's values), `columns` (cohort column -> table column).

    Returns
    -------
    DataFrame of str
        `patient, case, centre, split`, `fold` where stated, and the columns; one row per case, sorted. Cases whose
        split is not stated are left out: a held-out part of a public set stays held out.

    Raises
    ------
    StudyError
        On a missing column, or a case whose rows disagree.
    """
    where = f"{WHERE}.cohort"
    rows = listed[["patient", "case"]].copy()
    rows["centre"] = settings["centre"]
    rows["split"] = _translate_values(listed, settings["split"], f"{where}.split")
    if "fold" in settings:
        rows["fold"] = _translate_values(listed, settings["fold"], f"{where}.fold")
    for name, column in settings["columns"].items():
        rows[name] = _read_source_column(listed, column, f"{where}.columns.{name}")
    distinct = rows[rows["split"] != ""].drop_duplicates()
    for case, same in distinct.groupby("case"):
        if len(same) > 1:
            column = next(name for name in same if len(same[name].unique()) > 1)
            rule = f"the images of the case disagree in {column} ({', '.join(sorted(same[column].unique()))})"
            raise StudyError(f"{where}, case {case}", rule, "make them agree in the table, or leave the column out")
    return distinct.sort_values("case", ignore_index=True)


def _translate_values(listed: pd.DataFrame, rule: Mapping[str, Any], where: str) -> "pd.Series[str]":
    names = {str(value): str(name) for name, values in rule["values"].items() for value in values}
    return _read_source_column(listed, rule["column"], where).map(names).fillna("")


def _read_source_column(listed: pd.DataFrame, column: str, where: str) -> "pd.Series[str]":
    if f"source__{column}" not in listed:
        raise StudyError(where, f"the table has no column {column}", "use one of its columns")
    return listed[f"source__{column}"]
