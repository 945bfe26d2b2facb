"""Tables at the edge of a job: Parquet or CSV, checked against their schema both ways."""

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_bool_dtype, is_integer_dtype, is_numeric_dtype, is_string_dtype

from sonomics.core.errors import StudyError
from sonomics.core.files import replacing
from sonomics.core.schemas import Table
from sonomics.core.words import tidy_cell

DTYPES = {"str": "str", "int": "int64", "float": "float64", "bool": "bool"}


def write_table(frame: pd.DataFrame, path: Path, table: Table) -> None:
    """Check, sort and write a table; `.csv` or `.parquet` by the suffix of `path`.

    Raises
    ------
    StudyError
        When the frame breaks the schema.
    """
    checked = checked_table(frame, table, str(path)).sort_values(list(table.key), kind="stable", ignore_index=True)
    with replacing(path) as temporary:
        if path.suffix == ".csv":
            checked.to_csv(temporary, index=False, lineterminator="\n")
        else:
            checked.to_parquet(temporary, index=False)


def read_table(path: Path, table: Table) -> pd.DataFrame:
    """Read and check a table.

    Raises
    ------
    StudyError
        When the file is missing or breaks the schema.
    """
    path = Path(path)
    if not path.exists():
        raise StudyError(str(path), f"the table of {table.name} is missing", "run the phase that writes it")
    if path.suffix == ".csv":
        frame = read_cells(path.read_bytes(), str(path))
        more = dict.fromkeys(frame.columns.difference(list(table.columns)) if table.more else (), table.more_type)
        kinds = {**table.columns, **more}
        numeric = {name: DTYPES[kind] for name, kind in kinds.items() if kind != "str" and name in frame}
        _check_numbers(frame, numeric, str(path), table)
        try:
            frame = frame.assign(**{name: frame[name].mask(frame[name] == "") for name in numeric}).astype(numeric)
        except ValueError:
            raise _wrong(str(path), table, "a cell is not of its column's type") from None
    else:
        frame = pd.read_parquet(path)
    return checked_table(frame, table, str(path))


def read_cells(content: bytes, where: str, separator: str = ",", encoding: str = "utf-8-sig") -> pd.DataFrame:
    """Read a CSV as people write it, by hand or with a spreadsheet program.

    Parameters
    ----------
    content : bytes
    where : str
        The file, for messages.
    separator, encoding : str
        A byte-order mark of UTF-8 is passed over.

    Returns
    -------
    DataFrame of str
        Names and cells as `tidy_cell` writes them; "" where there is nothing; no empty rows.

    Raises
    ------
    StudyError
        Text of another encoding, cells separated by something else, a column named twice, or a row with more cells
        than there are columns: its cells would stand under the wrong names. No message quotes a cell.
    """
    try:
        text = TextIOWrapper(BytesIO(content), encoding, newline="")
        rows = [[tidy_cell(cell) for cell in row] for row in csv.reader(text, delimiter=separator, strict=True)]
    except (UnicodeError, LookupError):
        rule = f"it cannot be read as text in {encoding.upper().removesuffix('-SIG')}"
        raise StudyError(where, rule, "save it as CSV in UTF-8") from None
    except csv.Error as error:
        raise StudyError(where, f"this is not a CSV ({error})", "save it as CSV in UTF-8") from None
    header, *lines = [row for row in rows if any(row)] or [[]]
    if len(header) == 1 and (other := [mark for mark in ",;\t" if mark in header[0]]):
        rule = f"its cells are separated by {other[0]!r}, not by {separator!r}"
        raise StudyError(where, rule, f"save it with {separator!r} between cells")
    named = [place for place, name in enumerate(header) if name]
    check_distinct(header, where)
    for number, row in enumerate(lines, start=1):
        # A first column without a name is the row number that pandas and R write.
        if any(row[place] for place in range(1, len(row)) if place >= len(header) or not header[place]):
            rule = f"row {number} below the header has a cell under no name"
            raise StudyError(where, rule, "put quotes round cells that hold a separator, or name the column")
    cells = [[row[place] if place < len(row) else "" for place in named] for row in lines]
    return pd.DataFrame(cells, columns=[header[place] for place in named], dtype=str)


def check_distinct(header: Sequence[str], where: str) -> None:
    """Stop a study where two columns of a table that people write have the same name.

    Raises
    ------
    StudyError
        It counts the columns and does not name them: without a header, the first row is that of a patient.
    """
    for place, name in enumerate(header):
        if name and name in header[:place]:
            rule = f"columns {header.index(name) + 1} and {place + 1} have the same name"
            raise StudyError(where, rule, "rename one of them, or put a row of names above the first row")


def missing_column(where: str, name: str, header: Iterable[object]) -> StudyError:
    """Make the error of a column that a table which people write does not have.

    Parameters
    ----------
    where : str
        The file, or the key of params that names it.
    name : str
        The column.
    header : iterable
        The table's columns. They are not listed, since the first row of a table without names is that of a patient;
        but one that differs in case, blanks or marks alone is told.
    """
    alike = [str(column) for column in header if _bare(str(column)) == _bare(name)]
    fix = f"write {alike[0]!r}, as the table does" if alike else "name one of the table's first row, which holds names"
    return StudyError(where, f"the column {name} is missing", fix)


def _bare(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _check_numbers(frame: pd.DataFrame, numeric: Mapping[str, str], where: str, table: Table) -> None:
    """Stop at a cell that is not a number, naming its place; `astype` would take digits of other scripts."""
    for name in (name for name, kind in numeric.items() if kind != DTYPES["bool"]):
        wrong = (frame[name] != "") & pd.to_numeric(frame[name], errors="coerce").isna()
        if wrong.any():
            rule = f"column {name} holds in row {int(wrong.idxmax()) + 1} something that is not a number"
            raise _wrong(where, table, rule)


def read_tables(paths: Iterable[Path], table: Table) -> pd.DataFrame:
    """Read several tables of one kind and put them one below the other, sorted by key."""
    frames = [read_table(path, table) for path in paths]
    if not frames:
        return empty_table(table)
    joined = pd.concat(frames, ignore_index=True)
    return joined.sort_values(list(table.key), kind="stable", ignore_index=True)


def empty_table(table: Table) -> pd.DataFrame:
    """Make a table without rows."""
    return pd.DataFrame({name: pd.Series(dtype=DTYPES[kind]) for name, kind in table.columns.items()})


def checked_table(frame: pd.DataFrame, table: Table, where: str) -> pd.DataFrame:
    """Bring a frame to the column order and types of its table.

    Raises
    ------
    StudyError
        When the frame breaks the schema.
    """
    missing = [name for name in table.columns if name not in frame]
    if missing:
        raise _wrong(where, table, f"there is no column {missing[0]}")
    further = [name for name in frame.columns if name not in table.columns]
    for name in further:
        if not (table.more and re.fullmatch(table.more, name)):
            place = list(frame.columns).index(name) + 1
            raise _wrong(where, table, f"column {place} has a name that does not belong there")
    kinds = {**table.columns, **dict.fromkeys(further, table.more_type)}
    for name, kind in kinds.items():
        _check_column(frame[name], kind, table, where)
    checked = frame[list(kinds)].reset_index(drop=True).astype({name: DTYPES[kind] for name, kind in kinds.items()})
    for name, pattern in table.allowed.items():
        unknown = checked.loc[~checked[name].str.fullmatch(pattern), name]
        if len(unknown):
            rule = f"column {name} holds in row {unknown.index[0] + 1} something that is not one of {pattern}"
            raise _wrong(where, table, rule)
    repeated = checked[checked.duplicated(list(table.key))]
    if len(repeated):
        keys = checked[list(table.key)].astype(str)  # NaN, which equals nothing, is a word here
        first = (keys == keys.loc[repeated.index[0]]).all(axis=1).idxmax()
        rule = f"rows {int(first) + 1} and {int(repeated.index[0]) + 1} agree in {', '.join(table.key)}"
        raise _wrong(where, table, rule)
    return checked


def _check_column(column: "pd.Series[Any]", kind: str, table: Table, where: str) -> None:
    if len(column) == 0:
        return
    if kind == "str":
        if column.isna().any():
            rule = f"column {column.name} has missing values (text is never missing, write an empty one)"
            raise _wrong(where, table, rule)
        if not is_string_dtype(column):
            raise _wrong(where, table, f"column {column.name} is not text")
        return
    if kind == "float":
        if not is_numeric_dtype(column) or is_bool_dtype(column):
            raise _wrong(where, table, f"column {column.name} is not numeric")
        return
    if column.isna().any() or not (is_integer_dtype if kind == "int" else is_bool_dtype)(column):
        names = {"int": "whole numbers", "bool": "true or false"}
        raise _wrong(where, table, f"column {column.name} is not {names[kind]} throughout")


def _wrong(where: str, table: Table, rule: str) -> StudyError:
    return StudyError(where, f"not a table of {table.name}: {rule}", "see its columns in docs/architecture.md")
