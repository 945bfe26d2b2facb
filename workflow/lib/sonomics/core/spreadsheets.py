"""Cells of an Excel file: the values that the program which wrote it has calculated."""

from pathlib import Path
from typing import Any

# What stands for a formula whose result the file does not hold: some programs write formulas and leave it to Excel to
# calculate them when the file is opened. A control character, so that no cell of a file can be taken for it.
NOT_CALCULATED = "\x00formula"
# The type of a cell whose formula gave text, which may be empty.
_TEXT_RESULT = "str"


def read_sheet(path: Path, sheet: str | None = None) -> list[list[Any]]:
    """Read the cells of one sheet.

    Parameters
    ----------
    path : Path
    sheet : str, optional
        Name of the sheet; the first when left out.

    Returns
    -------
    list of list
        The values of each row: None where a cell is empty, `NOT_CALCULATED` where it holds a formula that was never
        calculated.

    Raises
    ------
    ValueError
        When the file is not an Excel file or has no such sheet.
    """
    from zipfile import BadZipFile

    from openpyxl import load_workbook

    try:
        values = load_workbook(path, read_only=True, data_only=True)
    except BadZipFile:
        raise ValueError("not an Excel file") from None
    formulas = load_workbook(path, read_only=True, data_only=False)
    try:
        number = 0 if sheet is None else values.sheetnames.index(sheet)
        pairs = zip(values.worksheets[number].iter_rows(), formulas.worksheets[number].iter_rows(), strict=True)
        return [
            [_value(cell, formula) for cell, formula in zip(cells, written, strict=True)] for cells, written in pairs
        ]
    finally:
        values.close()
        formulas.close()


def _value(cell: Any, formula: Any) -> Any:
    is_open = cell.value is None and formula.value is not None and cell.data_type != _TEXT_RESULT
    return NOT_CALCULATED if is_open else cell.value
