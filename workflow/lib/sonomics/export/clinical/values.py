"""Read the clinical values of a case: one value per column, times counted from the ultrasound exam."""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.settings.clinical import Clinical, ClinicalColumn, ClinicalTable, FollowUp, RelativeDate
from sonomics.core.spreadsheets import NOT_CALCULATED
from sonomics.core.words import canonical
from sonomics.export.clinical import cells
from sonomics.export.clinical.cells import Reading, unknown
from sonomics.export.clinical.tables import WHERE

Tables = Mapping[str, pd.DataFrame]


def find_exam_dates(
    cohort: pd.DataFrame, rows: Tables, settings: Clinical, linkage: pd.DataFrame | None
) -> dict[str, date]:
    """Find the day of the first ultrasound exam of every case, where it is known.

    Raises
    ------
    StudyError
        When the linkage table holds it and there is none.
    """
    if settings.exam_date is None:
        return {}
    if settings.exam_date == "linkage":
        if linkage is None:
            raise StudyError(f"{WHERE}.exam_date", "there is no linkage table", "name its path, or a table's column")
        dated, column, date_format = linkage, "date", "%Y%m%d"
    else:
        table, _, column = settings.exam_date.partition(".")
        dated, date_format = rows[table], settings.tables[table].dates
    days: dict[str, date] = {}
    for case, raw in zip(dated["case"], dated[column], strict=True):
        if day := cells.read_date(raw, date_format):
            days[case] = min(day, days.get(case, day))
    return {case: days[case] for case in cohort["case"] if case in days}


class CellSource:
    """The raw cells of a case, by `<table>.<column>`.

    Parameters
    ----------
    rows : mapping of str to DataFrame
        From `match_rows_to_cases`, by table.
    tables : mapping of str to ClinicalTable
        `export.clinical.tables` of params; of a table with `nearest_to_exam` each case has the row nearest to its exam.
    exams : mapping of str to date
        Day of the exam, by case.
    """

    def __init__(self, rows: Tables, tables: Mapping[str, ClinicalTable], exams: Mapping[str, date]) -> None:
        self.tables = tables
        self.present = {name: set(table["case"]) for name, table in rows.items()}
        self.rows: dict[str, dict[str, list[dict[Any, str]]]] = {}
        for name, table in rows.items():
            dated = tables[name].nearest_to_exam
            chosen = keep_nearest(table, dated, tables[name].dates, exams) if dated else table
            self.rows[name] = {}
            for row in chosen.to_dict("records"):
                self.rows[name].setdefault(row["case"], []).append(row)

    def cell(self, case: str, name: str) -> tuple[str, str]:
        """Return the one cell of a case in a column `<table>.<column>`, and the reason when there is none."""
        table, _, column = name.partition(".")
        if case not in self.rows[table]:
            return "", cells.NO_DATED_ROW if case in self.present[table] else cells.ABSENT
        texts = {row[column].strip() for row in self.rows[table][case]} - {""}
        if len({canonical(text) for text in texts}) > 1:
            return "", cells.DISAGREE
        if texts == {NOT_CALCULATED}:
            return "", cells.NOT_CALCULATED
        return (min(texts), "") if texts else ("", cells.EMPTY)

    def day(self, case: str, name: str) -> tuple[date | None, str]:
        """Return the date in the one cell of a case, and the reason when there is none."""
        raw, reason = self.cell(case, name)
        if reason:
            return None, reason
        day = cells.read_date(raw, self.tables[name.partition(".")[0]].dates)
        return day, "" if day else cells.IMPOSSIBLE_DATE


def read_value(source: CellSource, case: str, rule: ClinicalColumn, exam: date | None) -> Reading:
    """Read one clinical column of one case.

    Parameters
    ----------
    source : Source
    case : str
    rule : ClinicalColumn
        `export.clinical.columns.<name>`.
    exam : date or None
        Day of the exam.
    """
    if rule.date is not None:
        return read_time(source, case, rule, exam)
    raw, reason = source.cell(case, rule.from_)
    if reason:
        return unknown(reason)
    unit = rule.unit or ""
    if not isinstance(unit, str):
        unit, reason = source.cell(case, unit.from_)
        if reason in (cells.DISAGREE, cells.NOT_CALCULATED):
            return unknown(reason)
    decimal = source.tables[rule.from_.partition(".")[0]].decimal
    return cells.read_cell(raw, rule, unit, decimal)


def read_time(source: CellSource, case: str, rule: ClinicalColumn, exam: date | None) -> Reading:
    """Read a date of one case as time from the ultrasound exam, or up to it."""
    day, reason = source.day(case, rule.from_)
    counting = cast(RelativeDate, rule.date)
    if day is None:
        return unknown(reason)
    if exam is None:
        return unknown(cells.NO_EXAM_DATE)
    start, end = (exam, day) if counting.counted == "after_exam" else (day, exam)
    return cells.accept_within_range(cells.measure_elapsed(start, end, counting.unit), rule)


def read_follow_up(source: CellSource, case: str, rule: FollowUp, exam: date | None) -> tuple[Reading, Reading]:
    """Return the months from the start to the event, else to the last contact, and whether the event was seen."""
    start, reason = (exam, cells.NO_EXAM_DATE) if rule.start == "exam" else source.day(case, rule.start)
    if start is None:
        return unknown(reason), unknown(reason)
    end, reason = source.day(case, rule.event)
    seen = end is not None
    if reason in (cells.EMPTY, cells.ABSENT):
        end, reason = source.day(case, rule.last_contact)
    if end is None:
        return unknown(reason), unknown(reason)
    months = cells.measure_elapsed(start, end, "month")
    if months < 0:
        return unknown(cells.BEFORE_START, months), unknown(cells.BEFORE_START)
    return Reading(months), Reading(float(seen))


def keep_nearest(table: pd.DataFrame, column: str, date_format: str, exams: Mapping[str, date]) -> pd.DataFrame:
    """Keep the row of each case whose date is nearest to the exam, the earlier of equals; undated rows are dropped."""
    rows = []
    for position, (case, raw) in enumerate(zip(table["case"], table[column], strict=True)):
        day = cells.read_date(raw, date_format)
        if day and case in exams:
            rows.append((case, abs((day - exams[case]).days), day, position))
    first = {case: position for case, _, _, position in sorted(rows, reverse=True)}
    return table.iloc[sorted(first.values())]
