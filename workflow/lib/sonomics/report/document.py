"""The tables of the page for a manuscript: what the page draws, in its order, as text."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from sonomics.core.docx import DocumentTable
from sonomics.report.tables import Table


def tables_in(part: Any) -> Iterator[Table]:
    """Find every table in what the page is made of, however deep in lists, maps and dataclasses, in order."""
    if isinstance(part, Table):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from tables_in(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from tables_in(value)
    elif is_dataclass(part):
        for attribute in fields(part):
            yield from tables_in(getattr(part, attribute.name))


def as_text(table: Table) -> DocumentTable:
    """Write a table of cells as text: what a cell says in smaller type stands on a line below."""
    rows = [["\n".join(filter(None, cell)) for cell in row] for row in table.rows]
    return DocumentTable(table.caption, table.columns, rows, table.note)
