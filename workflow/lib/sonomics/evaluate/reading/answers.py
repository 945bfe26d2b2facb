"""Read the filled sheets of readers, checking every answer."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.readings import LEAST, MOST, NEGATIVE, POSITIVE
from sonomics.core.schemas import READERS
from sonomics.core.spreadsheets import NOT_CALCULATED, read_sheet
from sonomics.core.words import canonical, parse_number
from sonomics.evaluate.reading.package import ANSWERS, READING

Row = dict[str, str]


def read_answers(
    path: Path, reader: str, package: Mapping[str, Any], key: Mapping[str, str]
) -> tuple[pd.DataFrame, int]:
    """Read a reader's filled sheet.

    Parameters
    ----------
    path : Path
        CSV as spreadsheets save it (comma, semicolon or tab), or XLSX.
    reader : str
    package : mapping
        From `describe_package`.
    key : mapping of str to str
        Reading to case; readings of patients who withdrew are no longer in it, and their rows are skipped.

    Returns
    -------
    readings : DataFrame
        Schema READERS, in the order of the sheet.
    unread : int
        Readings left wholly empty; they are not among the rows.

    Raises
    ------
    StudyError
        Naming the sheet, reader, row and reading: a reading that is not in the package, twice or missing, a score that
        is not a number from 0 to 100, an unknown category or decision, a score without a decision or the other way
        round; or a sheet without an answer.
    """
    rows = _rows(path)
    _check_readings([row[READING] for row in rows], package["readings"], f"{path}, reader {reader}")
    answers, unread = [], 0
    for number, row in enumerate(rows, start=2):
        where = f"{path}, reader {reader}, row {number}"
        if row[READING] not in key:
            continue
        if not any(row[name] for name in ANSWERS):
            unread += 1
        else:
            answers.append({"case": key[row[READING]], **_parse_answer(row, package["categories"], where)})
    if not answers:
        raise StudyError(f"{path}, reader {reader}", "no reading is answered", "fill the sheet, or take it out")
    occasion = {name: package[name] for name in ("task", "arm", "session")}
    table = pd.DataFrame(answers).assign(reader=reader, level=package["readers"][reader], **occasion)
    return table[list(READERS.columns)], unread


def merge_readings(old: pd.DataFrame, new: pd.DataFrame) -> pd.DataFrame:
    """Add readings to those there are; a new one of a reader, occasion and case replaces the old one."""
    readings = pd.concat([table for table in (old, new) if len(table)], ignore_index=True)
    return readings.drop_duplicates(list(READERS.key), keep="last").sort_values(list(READERS.key), ignore_index=True)


def _rows(path: Path) -> list[Row]:
    columns = (READING, *ANSWERS)
    try:
        rows = _spreadsheet(path) if path.suffix == ".xlsx" else _text(path)
    except Exception as error:
        # A damaged sheet can make a parser raise anything. Only the kind of error is named: its text may quote a cell.
        rule = f"not a valid sheet ({type(error).__name__})"
        raise StudyError(str(path), rule, "save it as CSV or XLSX") from None
    for number, row in enumerate(rows, start=2):
        if NOT_CALCULATED in row.values():
            fix = "write the answer, or open the file in Excel or LibreOffice and save it"
            raise StudyError(f"{path}, row {number}", "a formula was never calculated", fix)
    for name in columns:
        if not rows or name not in rows[0]:
            raise StudyError(str(path), f"no column {name}", "keep the columns of the sheet as they were")
    return [{name: row.get(name, "").strip() for name in columns} for row in rows if any(row.values())]


def _text(path: Path) -> list[Row]:
    text = path.read_text(encoding="utf-8-sig")
    separator = max(",;\t", key=text.split("\n", 1)[0].count)
    rows = csv.DictReader(text.splitlines(), delimiter=separator, restval="", restkey="")
    return [{name: value or "" for name, value in row.items() if name} for row in rows]


def _spreadsheet(path: Path) -> list[Row]:
    header, *rows = ([_cell(value) for value in row] for row in read_sheet(path))
    return [dict(zip(header, row, strict=True)) for row in rows]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _check_readings(listed: Sequence[str], names: Sequence[str], where: str) -> None:
    for number, name in enumerate(listed, start=2):
        if name not in names:
            rule = "the reading is not in the package"
            raise StudyError(f"{where}, row {number}", rule, "leave the column reading as it was")
        if name in listed[: number - 2]:
            first = listed.index(name) + 2
            raise StudyError(f"{where}, row {number}", f"row {first} has its reading too", "keep one row per reading")
    missing = sorted(set(names) - set(listed))
    if missing:
        rule = f"the reading {missing[0]} is missing ({len(missing)} in all)"
        raise StudyError(where, rule, "keep every row, and leave what was not read empty")


def _parse_answer(row: Row, categories: Sequence[str], where: str) -> dict[str, Any]:
    score, decision = _parse_score(row["score"], where), row["decision"].lower()
    if decision not in ("", POSITIVE, NEGATIVE):
        raise StudyError(where, "the decision is unknown", f"write {POSITIVE} or {NEGATIVE}")
    by_meaning = {canonical(name): name for name in ("", *categories)}
    category = by_meaning.get(canonical(row["category"]))
    if category is None:
        raise StudyError(where, "the category is unknown", f"use one of {', '.join(categories)}")
    if np.isnan(score) or not decision:
        given, lacking = ("a score", "decision") if not decision and not np.isnan(score) else ("an answer", "score")
        raise StudyError(where, f"there is {given} but no {lacking}", "give both, or leave the row empty")
    return {"score": score, "category": category, "decision": decision}


def _parse_score(text: str, where: str) -> float:
    """Parse a score; a decimal comma counts as a point, an empty cell as NaN."""
    if not text:
        return float("nan")
    try:
        score = parse_number(text.replace(",", "."))
    except ValueError:
        score = float("nan")
    if not LEAST <= score <= MOST:
        raise StudyError(where, "the score is not a number from 0 to 100", "write such a number")
    return score
