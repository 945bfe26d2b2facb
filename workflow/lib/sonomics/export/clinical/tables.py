"""Read the hospital's clinical tables where they are stored (CSV, Excel; all cells as text); match rows to cases."""

import os
import re
from datetime import date, datetime, time
from pathlib import Path

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.settings.clinical import Clinical, ClinicalTable
from sonomics.core.settings.export import Limits
from sonomics.core.spreadsheets import LIMITS, NOT_CALCULATED, TooLargeError, read_sheet
from sonomics.core.tables import check_distinct, missing_column, read_cells
from sonomics.core.words import tidy_cell, undo_float

WHERE = "params.yaml, export.clinical"
IDENTITIES = ("patient_id", "accession", "study_uid")
EXCEL = (".xlsx", ".xlsm")


def needs_linkage(settings: Clinical) -> bool:
    """Tell whether a table is keyed by an identity, or dates are counted from the linkage table's exam date."""
    keyed = any(table.identifies in IDENTITIES for table in settings.tables.values())
    return keyed or settings.exam_date == "linkage"


def read_clinical_tables(settings: Clinical, limits: Limits = LIMITS) -> dict[str, pd.DataFrame]:
    """Read the tables.

    Parameters
    ----------
    settings : Clinical
        `export.clinical` of params.
    limits : Limits
        `export.limits` of params.

    Returns
    -------
    dict of str to DataFrame of str
        By name; "" for an empty cell, dates of Excel in ISO form, `NOT_CALCULATED` for a formula without its result.

    Raises
    ------
    StudyError
        On an environment variable that is not set, a missing file, sheet or key column, a file that cannot be read, or
        tables with identities inside a repository; or when keys are formulas that were never calculated, by which
        nobody is found.
    """
    root = _find_root(settings)
    return {name: _read_table(name, root / table.file, table, limits) for name, table in settings.tables.items()}


def match_rows_to_cases(
    table: pd.DataFrame, name: str, rule: ClinicalTable, cohort: pd.DataFrame, linkage: pd.DataFrame | None
) -> pd.DataFrame:
    """Match the rows of a table to the cases that they belong to.

    Parameters
    ----------
    table : DataFrame of str
    name : str
        Of the table.
    rule : ClinicalTable
        `export.clinical.tables.<name>`: `key` (a column), `identifies` (what it holds: `patient_id`, `accession`,
        `study_uid` by way of the linkage table, or the pseudonym `patient` or `case`), `digits` (keys are filled up
        with leading zeros), `prefix` (put before a key).
    cohort : DataFrame
        `patient, case`.
    linkage : DataFrame or None
        `case, patient_id, study_uid, accession`.

    Returns
    -------
    DataFrame of str
        The table without its key, and `case`, `row` (the number of the row); a row of a patient with several cases
        occurs once for each; rows of patients outside the cohort are left out.

    Raises
    ------
    StudyError
        When the linkage table is needed and not available.
    """
    kind = rule.identifies
    if kind in IDENTITIES:
        if linkage is None:
            raise StudyError(f"{WHERE}.tables.{name}", "its key is found through the linkage table", "name its path")
        known = linkage[["case", kind]].rename(columns={kind: "key"})
        known = known[known["case"].isin(cohort["case"])]
    else:
        known = pd.DataFrame({"case": cohort["case"], "key": cohort[kind]})
    known = known.assign(key=known["key"].str.strip()).drop_duplicates()
    keys = undo_float(table[rule.key].str.strip())
    keys = keys.where(keys == "", rule.prefix + keys.str.zfill(rule.digits))
    numbered: pd.DataFrame = table.drop(columns=rule.key).assign(key=keys, row=range(len(table)))
    return numbered[keys != ""].merge(known[known["key"] != ""], on="key").drop(columns="key")


def _find_root(settings: Clinical) -> Path:
    root = os.path.expandvars(settings.root)
    if unset := re.search(r"\$\{?(\w+)", root):
        rule = f"the environment variable {unset[1]} is not set"
        raise StudyError(f"{WHERE}.root", rule, f"export {unset[1]}=<folder of the clinical tables>")
    folder = Path(root).expanduser().resolve()
    identities = any(table.identifies in IDENTITIES for table in settings.tables.values())
    if identities and any((parent / ".git").exists() for parent in (folder, *folder.parents)):
        rule = "tables with identities lie inside a repository"
        raise StudyError(f"{WHERE}.root", rule, "leave them where the hospital keeps them")
    return folder


def _read_table(name: str, path: Path, rule: ClinicalTable, limits: Limits) -> pd.DataFrame:
    where = f"{WHERE}.tables.{name}"
    if not path.is_file():
        raise StudyError(where, f"there is no file {rule.file} in the folder", "correct `file` or `root`")
    try:
        table = _read_excel(path, rule, limits) if path.suffix.lower() in EXCEL else _read_csv(path, rule, where)
    except StudyError:
        raise
    except TooLargeError as error:
        fix = "save the table alone, without empty rows and columns, or raise export.limits.sheet_mb"
        raise StudyError(where, f"{rule.file} is {error}", fix) from None
    except Exception as error:
        # A damaged file can make the parser raise anything. Only the kind of error is named: its text may quote a cell.
        rule_broken = f"{rule.file} cannot be read ({type(error).__name__})"
        raise StudyError(where, rule_broken, "state its sheet, separator and encoding, or save it again") from None
    check_distinct(list(table.columns), where)
    check_column(table, rule.key, where)
    fix = "open the file in Excel or LibreOffice and save it, so that it holds the results"
    is_open = table[rule.key] == NOT_CALCULATED
    refuse_rows(is_open, rule.key, where, "is a formula that was never calculated", fix)
    return table


def check_column(table: pd.DataFrame, column: str, where: str) -> None:
    """Stop a study that names a column which a table does not have.

    Raises
    ------
    StudyError
    """
    if column not in table:
        raise missing_column(where, column, table.columns)


def _read_csv(path: Path, rule: ClinicalTable, where: str) -> pd.DataFrame:
    separator, encoding = rule.separator, rule.encoding
    try:
        return read_cells(path.read_bytes(), where, separator, encoding)
    except StudyError as error:
        raise StudyError(where, error.rule, f"state its separator and encoding, or {error.fix}") from None


def _read_excel(path: Path, rule: ClinicalTable, limits: Limits) -> pd.DataFrame:
    sheet = read_sheet(path, rule.sheet, limits)
    header, *rows = [[_format_cell(value, rule.decimal) for value in row] for row in sheet] or [[]]
    table = pd.DataFrame([row for row in rows if any(row)], columns=header, dtype=str)
    return table.loc[:, table.columns != ""]


def _format_cell(value: object, decimal: str) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else str(value).replace(".", decimal)
    return tidy_cell(str(value))
