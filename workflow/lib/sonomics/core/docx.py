"""Tables as a Word document, the same bytes for the same tables."""

import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from sonomics.core.files import replacing

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table as WordTable

# Word must find a date in the document and in its archive; the day of writing would change the bytes.
FIXED_DATE = datetime(1980, 1, 1)
NARROWEST, WIDEST = 6, 48  # letters of a column
WIDE = 6  # columns from which on a table needs the long side of the page


@dataclass(frozen=True)
class DocumentTable:
    """A table of text: the first cell of a row is its heading; a line break in a cell starts a new line there."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""


def write_tables(path: Path, title: str, tables: Sequence[DocumentTable], introduction: str = "") -> None:
    """Write a document of numbered tables, each with its caption above and its note below.

    Parameters
    ----------
    path : Path
        Ends in `.docx`.
    title : str
        Heading and title of the document.
    tables : sequence of DocumentTable
        In order; a table without rows keeps its heading row.
    introduction : str
        A paragraph below the heading; none when empty.

    Notes
    -----
    A page lies on its side when a table has `WIDE` columns or more. The heading row is repeated on every page.
    """
    import docx

    document = docx.Document()
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by, properties.comments = title, "", "", ""
    properties.created = properties.modified = FIXED_DATE
    if any(len(table.columns) >= WIDE for table in tables):
        _lay_on_its_side(document)
    document.add_heading(title, level=1)
    if introduction:
        document.add_paragraph(introduction)
    for number, table in enumerate(tables, start=1):
        _add(document, number, table)
    held = BytesIO()
    document.save(held)
    with replacing(path) as temporary:
        temporary.write_bytes(_with_fixed_dates(held))


def _lay_on_its_side(document: "Document") -> None:
    from docx.enum.section import WD_ORIENT

    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = page.page_height, page.page_width


def _add(document: "Document", number: int, table: DocumentTable) -> None:
    from docx.shared import Pt

    caption = document.add_paragraph(style="Caption")
    caption.add_run(f"Table {number}. {_plain(table.caption)}")
    caption.paragraph_format.keep_with_next = True
    grid = document.add_table(rows=1 + len(table.rows), cols=len(table.columns), style="Table Grid")
    lines = [list(table.columns), *table.rows]
    widths = _widths(lines, document)
    for row, texts in zip(grid.rows, lines, strict=True):
        for place, (cell, text, width) in enumerate(zip(row.cells, texts, widths, strict=True)):
            cell.width = width
            run = cell.paragraphs[0].add_run(_plain(text))
            run.font.size = Pt(8)
            run.bold = place == 0 or texts is lines[0]
    _repeat_heading(grid)
    note = document.add_paragraph()
    note.add_run(_plain(table.note)).font.size = Pt(8)


def _widths(lines: Sequence[Sequence[str]], document: "Document") -> list[int]:
    """Share the page's width between columns by their longest line, in Word's units."""
    page = document.sections[0]
    whole = int(page.page_width or 0) - int(page.left_margin or 0) - int(page.right_margin or 0)
    longest = [max(len(line) for text in column for line in (text.split("\n"))) for column in zip(*lines, strict=True)]
    wanted = [min(max(length, NARROWEST), WIDEST) for length in longest]
    return [whole * length // sum(wanted) for length in wanted]


def _repeat_heading(grid: "WordTable") -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    grid.rows[0]._tr.get_or_add_trPr().append(mark)


def _plain(text: str) -> str:
    """Leave out the control characters that XML cannot hold."""
    return "".join(letter for letter in text if letter in "\n\t" or letter >= " ")


def _with_fixed_dates(document: BytesIO) -> bytes:
    out = BytesIO()
    date = FIXED_DATE.timetuple()[:6]
    with zipfile.ZipFile(document) as archive, zipfile.ZipFile(out, "w") as fixed:
        for name in archive.namelist():
            fixed.writestr(zipfile.ZipInfo(name, date), archive.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()
