"""Cells of an Excel file: the values that the program which wrote it has calculated."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sonomics.core.settings.export import Limits

# What stands for a formula whose result the file does not hold: some programs write formulas and leave it to Excel to
# calculate them when the file is opened. A control character, so that no cell of a file can be taken for it.
NOT_CALCULATED = "\x00formula"
# The type of a cell whose formula gave text, which may be empty.
_TEXT_RESULT = "str"
# Cells of a sheet, those that are empty among them; and bytes of a part up to which its growth tells nothing.
# Conventions: a table of a hundred thousand patients and thirty columns has 3 million cells in 150 MB.
MOST_CELLS, SMALL, MB = 2**23, 10**6, 10**6
LIMITS = Limits.partial({})


class TooLargeError(ValueError):
    """A file that would fill the memory; the message names no cell."""


def read_sheet(path: Path, sheet: str | None = None, limits: Limits = LIMITS) -> list[list[Any]]:
    """Read the cells of one sheet.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Name of the sheet; the first when left out.
    limits : Limits
        `export.limits` of params: `sheet_mb`, and `ratio` of a part of the file.

    Returns
    -------
    list of list
        The values of each row: None where a cell is empty, `NOT_CALCULATED` where it holds a formula that was never
        calculated.

    Raises
    ------
    ValueError
        When the file is not an Excel file or has no such sheet.
    TooLargeError
        When it is larger once inflated, or has more cells, than a table of patients.
    """
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        _check_size(path, limits)
        values = load_workbook(path, read_only=True, data_only=True)
    except BadZipFile:
        raise ValueError("not an Excel file") from None
    formulas = load_workbook(path, read_only=True, data_only=False)
    try:
        number = 0 if sheet is None else values.sheetnames.index(sheet)
        pairs = zip(_iterate(values.worksheets[number]), _iterate(formulas.worksheets[number]), strict=True)
        rows = [
            [_value(cell, formula) for cell, formula in zip(cells, written, strict=True)] for cells, written in pairs
        ]
        return _fill_up(rows)
    finally:
        values.close()
        formulas.close()


def _value(cell: Any, formula: Any) -> Any:
    is_open = cell.value is None and formula.value is not None and cell.data_type != _TEXT_RESULT
    return NOT_CALCULATED if is_open else cell.value


def _check_size(path: Path, limits: Limits) -> None:
    """Refuse a file that is larger once inflated; its parts cannot grow beyond what their list states."""
    from zipfile import ZipFile

    with ZipFile(path) as archive:
        parts = archive.infolist()
    if sum(part.file_size for part in parts) > limits.sheet_mb * MB:
        raise TooLargeError("larger than a table (export.limits.sheet_mb) once inflated")
    if any(part.file_size > max(SMALL, limits.ratio * part.compress_size) for part in parts):
        raise TooLargeError("packed like no table: a part of it grows too much when it is inflated")


def _iterate(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Iterate over rows as wide as their last cell, whatever size the sheet states."""
    sheet.reset_dimensions()
    cells = 0
    for row in sheet.iter_rows():
        cells += 1 + len(row)
        if cells > MOST_CELLS:
            raise TooLargeError("of more cells than a table has")
        yield row


def _fill_up(rows: list[list[Any]]) -> list[list[Any]]:
    """Make all rows as wide as the widest."""
    width = max(map(len, rows), default=0)
    if width * len(rows) > MOST_CELLS:
        raise TooLargeError("of more cells than a table has")
    return [row + [None] * (width - len(row)) for row in rows]
