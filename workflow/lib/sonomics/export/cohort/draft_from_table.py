"""Draft the cohort from the table of a folder source."""

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.tables import missing_column
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
        On a missing column, or a case whose rows disagree.
    """
    where = f"{WHERE}.cohort"
    rows = listed[["patient", "case"]].copy()
    rows["centre"] = settings.centre
    rows["split"] = _translate_values(listed, settings.split, f"{where}.split")
    if settings.fold is not None:
        rows["fold"] = _translate_values(listed, settings.fold, f"{where}.fold")
    for name, column in settings.columns.items():
        rows[name] = _read_source_column(listed, column, f"{where}.columns.{name}")
    distinct = rows[rows["split"] != ""].drop_duplicates()
    for case, same in distinct.groupby("case"):
        if len(same) > 1:
            disagreeing = next(name for name in same if len(same[name].unique()) > 1)
            lines = sorted(int(number) + 2 for number in same.index)
            rule = f"the images of the case disagree in {disagreeing} (lines {', '.join(map(str, lines))})"
            raise StudyError(f"{where}, case {case}", rule, "make them agree in the table, or leave the column out")
    return distinct.sort_values("case", ignore_index=True)


def _translate_values(listed: pd.DataFrame, rule: Renamed, where: str) -> "pd.Series[str]":
    names = {str(value): str(name) for name, values in rule.values.items() for value in values}  # noqa: PD011
    return _read_source_column(listed, rule.column, where).map(names).fillna("")


def _read_source_column(listed: pd.DataFrame, column: str, where: str) -> "pd.Series[str]":
    if f"source__{column}" not in listed:
        columns = (str(name).removeprefix("source__") for name in listed if str(name).startswith("source__"))
        raise missing_column(where, column, columns)
    return listed[f"source__{column}"]
