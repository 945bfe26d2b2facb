"""Join clinical data to the cohort: values with checked units, relative times, listed words; never free text."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import IDENTITY, OPTIONAL, OUTCOME
from sonomics.core.settings.clinical import Clinical as ClinicalSettings
from sonomics.core.settings.clinical import UnitColumn
from sonomics.core.settings.export import Limits
from sonomics.core.spreadsheets import LIMITS
from sonomics.export.clinical import cells
from sonomics.export.clinical.cells import Reading
from sonomics.export.clinical.data_dictionary import count_missing, describe_columns
from sonomics.export.clinical.tables import WHERE, check_column, match_rows_to_cases, read_clinical_tables
from sonomics.export.clinical.units import check_conversion
from sonomics.export.clinical.values import CellSource, find_exam_dates, read_follow_up, read_value

Tables = Mapping[str, pd.DataFrame]


class Clinical(NamedTuple):
    """A cohort with clinical data, and what became of the tables.

    Attributes
    ----------
    cohort : DataFrame of str
        The cohort with the clinical columns; "" where a value is unknown.
    dictionary : DataFrame
        What the clinical columns mean: `column, meaning, unit, type, values, source, known, cases`.
    missing : DataFrame
        Known and missing values by column and split: `column, split, cases, known, missing, share, reasons`.
    problems : DataFrame
        One row per value that is present and could not be read: `case, column, reason, found` (the number that
        broke the plausible range; nothing else of a cell is repeated).
    tables : DataFrame
        Counts of the rows of each table: `table, rows, without_key, not_in_cohort, repeated` (rows of a case
        beyond its first) and `cases_absent`.
    """

    cohort: pd.DataFrame
    dictionary: pd.DataFrame
    missing: pd.DataFrame
    problems: pd.DataFrame
    tables: pd.DataFrame


def join_clinical(
    cohort: pd.DataFrame, settings: ClinicalSettings, linkage: pd.DataFrame | None, limits: Limits = LIMITS
) -> Clinical:
    """Read the clinical tables of a study where they are stored, and join them to its cohort.

    Parameters
    ----------
    cohort : DataFrame of str
        `patient, case, split` and others; columns that the settings name are filled again.
    settings : Clinical
        `export.clinical` of params.
    linkage : DataFrame of str or None
        `case, patient_id, study_uid, accession, date`; None when no table is keyed by an identity.
    limits : Limits
        `export.limits` of params.

    Raises
    ------
    StudyError
        As `read_clinical_tables` and `join_tables`.
    """
    return join_tables(cohort, read_clinical_tables(settings, limits), settings, linkage)


def join_tables(
    cohort: pd.DataFrame, tables: Tables, settings: ClinicalSettings, linkage: pd.DataFrame | None
) -> Clinical:
    """Join clinical tables to a cohort; times count from the ultrasound exam, whose date is not kept.

    Raises
    ------
    StudyError
        On a column that is missing or may not be filled, a unit that is unknown or of another quantity, a bad pattern.
    """
    check_columns(tables, settings)
    rows = {
        name: match_rows_to_cases(table, name, settings.tables[name], cohort, linkage) for name, table in tables.items()
    }
    exams = find_exam_dates(cohort, rows, settings, linkage)
    source = CellSource(rows, settings.tables, exams)
    readings = {
        name: [read_value(source, case, rule, exams.get(case)) for case in cohort["case"]]
        for name, rule in settings.columns.items()
    }
    if (follow_up := settings.follow_up) is not None:
        followed = [read_follow_up(source, case, follow_up, exams.get(case)) for case in cohort["case"]]
        for position, name in enumerate(OUTCOME):
            readings[name] = [pair[position] for pair in followed]
    filled = cohort.assign(
        **{name: [format_value(reading.value) for reading in column] for name, column in readings.items()}
    )
    reasons = pd.DataFrame(
        {name: [reading.reason for reading in column] for name, column in readings.items()}, cohort["case"]
    )
    return Clinical(
        filled,
        describe_columns(filled, settings),
        count_missing(reasons, cohort.set_index("case")["split"]),
        _list_problems(cohort["case"], readings),
        _count_rows(tables, rows, settings, cohort),
    )


def check_columns(tables: Tables, settings: ClinicalSettings) -> None:
    """Stop a study whose mapping is impossible, before any cell is read.

    Raises
    ------
    StudyError
    """
    for name, rule in settings.columns.items():
        where = f"{WHERE}.columns.{name}"
        if name in (*IDENTITY, *OPTIONAL) or name.startswith("sim_"):
            raise StudyError(where, f"{name} is not a clinical column", "fill it when the cohort is drafted")
        cells.check_rule(rule, where)
        if rule.to is not None and rule.factor is None:
            unit = rule.unit if isinstance(rule.unit, str) else rule.to
            check_conversion(unit, rule.to, rule.analyte or "", where)
    for where, name in _list_named_columns(settings):
        table, _, column = name.partition(".")
        if table not in tables:
            raise StudyError(where, f"{name} does not name a table", f"write <table>.<column> of {', '.join(tables)}")
        check_column(tables[table], column, where)
        if column == settings.tables[table].key:
            raise StudyError(where, f"{name} is the table's key, an identity", "take another column")


def format_value(value: float | str | None) -> str:
    """Format a value as it stands in the cohort; "" when it is unknown."""
    if value is None:
        return ""
    return value if isinstance(value, str) else f"{value:.6g}"


def _list_named_columns(settings: ClinicalSettings) -> Iterable[tuple[str, str]]:
    """List every `<table>.<column>` that the settings name, each with its key."""
    for name, rule in settings.columns.items():
        yield f"{WHERE}.columns.{name}.from", rule.from_
        if isinstance(rule.unit, UnitColumn):
            yield f"{WHERE}.columns.{name}.unit.from", rule.unit.from_
    for name, table in settings.tables.items():
        if table.nearest_to_exam is not None:
            yield f"{WHERE}.tables.{name}.nearest_to_exam", f"{name}.{table.nearest_to_exam}"
    for key, name in {} if settings.follow_up is None else settings.follow_up.plain().items():
        if name != "exam":
            yield f"{WHERE}.follow_up.{key}", name
    if settings.exam_date not in (None, "linkage"):
        yield f"{WHERE}.exam_date", settings.exam_date


def _list_problems(cases: "pd.Series[str]", readings: Mapping[str, list[Reading]]) -> pd.DataFrame:
    expected = ("", cells.EMPTY, cells.ABSENT)
    rows = [
        (case, name, reading.reason, reading.found)
        for name, column in readings.items()
        for case, reading in zip(cases, column, strict=True)
        if reading.reason not in expected
    ]
    return pd.DataFrame(rows, columns=["case", "column", "reason", "found"])


def _count_rows(tables: Tables, rows: Tables, settings: ClinicalSettings, cohort: pd.DataFrame) -> pd.DataFrame:
    accounts = []
    for name, table in tables.items():
        keyed = int((table[settings.tables[name].key].str.strip() != "").sum())
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
