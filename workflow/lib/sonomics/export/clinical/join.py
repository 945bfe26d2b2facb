"""Clinical data join the cohort: values with checked units, relative times, words of a closed list; never free text."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.cohort import IDENTITY, OPTIONAL, OUTCOME
from sonomics.core.errors import StudyError
from sonomics.export.clinical import cells
from sonomics.export.clinical.cells import Reading
from sonomics.export.clinical.data_dictionary import dictionary_of, missing_of
from sonomics.export.clinical.tables import WHERE, check_column, read_clinical_tables, rows_of_cases
from sonomics.export.clinical.units import check_conversion
from sonomics.export.clinical.values import Source, exam_dates, read_follow_up, read_value

Settings = Mapping[str, Any]
Tables = Mapping[str, pd.DataFrame]


class Clinical(NamedTuple):
    """What joining clinical tables gives.

    Attributes
    ----------
    cohort : DataFrame of str
        The cohort with the clinical columns; "" where a value is unknown.
    dictionary : DataFrame
        What the clinical columns mean: `column, meaning, unit, type, values, source, known, cases`.
    missing : DataFrame
        Known and missing values by column and split: `column, split, cases, known, missing, share, reasons`.
    problems : DataFrame
        A row for every value that was there and could not be taken: `case, column, reason, found` (the number that
        broke the plausible range; nothing else of a cell is repeated).
    tables : DataFrame
        What became of the rows of each table: `table, rows, without_key, not_in_cohort, repeated` (rows of a case
        beyond its first) and `cases_absent`.
    """

    cohort: pd.DataFrame
    dictionary: pd.DataFrame
    missing: pd.DataFrame
    problems: pd.DataFrame
    tables: pd.DataFrame


def join_clinical(cohort: pd.DataFrame, settings: Settings, linkage: pd.DataFrame | None) -> Clinical:
    """Read the clinical tables of a study where they lie, and join them to its cohort.

    Parameters
    ----------
    cohort : DataFrame of str
        `patient, case, split` and others; columns that the settings name are filled anew.
    settings : mapping
        `export.clinical` of params.
    linkage : DataFrame of str or None
        `case, patient_id, study_uid, accession, date`; None when no table is keyed by an identity.

    Raises
    ------
    StudyError
        As `read_clinical_tables` and `joined`.
    """
    return joined(cohort, read_clinical_tables(settings), settings, linkage)


def joined(cohort: pd.DataFrame, tables: Tables, settings: Settings, linkage: pd.DataFrame | None) -> Clinical:
    """Join clinical tables to a cohort; times count from the ultrasound exam, whose date does not come along.

    Raises
    ------
    StudyError
        A column that is not there or may not be filled, a unit that is unknown or of another quantity, a bad pattern.
    """
    check_columns(tables, settings)
    rows = {
        name: rows_of_cases(table, name, settings["tables"][name], cohort, linkage) for name, table in tables.items()
    }
    exams = exam_dates(cohort, rows, settings, linkage)
    source = Source(rows, settings["tables"], exams)
    readings = {
        name: [read_value(source, case, rule, exams.get(case)) for case in cohort["case"]]
        for name, rule in settings["columns"].items()
    }
    if "follow_up" in settings:
        followed = [read_follow_up(source, case, settings["follow_up"], exams.get(case)) for case in cohort["case"]]
        for place, name in enumerate(OUTCOME):
            readings[name] = [pair[place] for pair in followed]
    filled = cohort.assign(**{name: [written(one.value) for one in column] for name, column in readings.items()})
    reasons = pd.DataFrame({name: [one.reason for one in column] for name, column in readings.items()}, cohort["case"])
    return Clinical(
        filled,
        dictionary_of(filled, settings),
        missing_of(reasons, cohort.set_index("case")["split"]),
        _problems(cohort["case"], readings),
        _accounts(tables, rows, settings, cohort),
    )


def check_columns(tables: Tables, settings: Settings) -> None:
    """Stop a study whose mapping cannot be: before any cell is read.

    Raises
    ------
    StudyError
    """
    for name, rule in settings["columns"].items():
        where = f"{WHERE}.columns.{name}"
        if name in (*IDENTITY, *OPTIONAL) or name.startswith("sim_"):
            raise StudyError(where, f"{name} is not a clinical column", "fill it when the cohort is drafted")
        cells.check_rule(rule, where)
        if "to" in rule and "factor" not in rule:
            unit = rule["unit"] if isinstance(rule["unit"], str) else rule["to"]
            check_conversion(unit, rule["to"], rule.get("analyte", ""), where)
    for where, place in _places(settings):
        table, _, column = place.partition(".")
        if table not in tables:
            raise StudyError(where, f"{place} names no table", f"write <table>.<column> of {', '.join(tables)}")
        check_column(tables[table], column, where)
        if column == settings["tables"][table]["key"]:
            raise StudyError(where, f"{place} is the table's key, an identity", "take another column")


def written(value: float | str | None) -> str:
    """Write a value as the cohort holds it."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.6g}"


def _places(settings: Settings) -> Iterable[tuple[str, str]]:
    """List every `<table>.<column>` that the settings name, each with its key."""
    for name, rule in settings["columns"].items():
        yield f"{WHERE}.columns.{name}.from", rule["from"]
        if isinstance(rule.get("unit"), Mapping):
            yield f"{WHERE}.columns.{name}.unit.from", rule["unit"]["from"]
    for name, rule in settings["tables"].items():
        if "nearest_to_exam" in rule:
            yield f"{WHERE}.tables.{name}.nearest_to_exam", f"{name}.{rule['nearest_to_exam']}"
    for key, place in settings.get("follow_up", {}).items():
        if place != "exam":
            yield f"{WHERE}.follow_up.{key}", place
    if settings.get("exam_date", "linkage") != "linkage":
        yield f"{WHERE}.exam_date", settings["exam_date"]


def _problems(cases: "pd.Series[str]", readings: Mapping[str, list[Reading]]) -> pd.DataFrame:
    quiet = ("", cells.EMPTY, cells.ABSENT)
    rows = [
        (case, name, one.reason, one.found)
        for name, column in readings.items()
        for case, one in zip(cases, column, strict=True)
        if one.reason not in quiet
    ]
    return pd.DataFrame(rows, columns=["case", "column", "reason", "found"])


def _accounts(tables: Tables, rows: Tables, settings: Settings, cohort: pd.DataFrame) -> pd.DataFrame:
    accounts = []
    for name, table in tables.items():
        keyed = int((table[settings["tables"][name]["key"]].str.strip() != "").sum())
        accounts.append(
            {
                "table": name,
                "rows": len(table),
                "without_key": len(table) - keyed,
                "not_in_cohort": keyed - rows[name]["row"].nunique(),
                "repeated": int(rows[name]["case"].duplicated().sum()),
                "cases_absent": len(set(cohort["case"]) - set(rows[name]["case"])),
            }
        )
    return pd.DataFrame(accounts)
