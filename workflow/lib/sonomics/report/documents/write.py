"""What the report writes beside the page: checklists, the model card, and the page's tables for Word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from sonomics.core.docx import DocumentTable, write_tables
from sonomics.core.files import replacing, write_text
from sonomics.report.documents.checklists import Checklist, as_document, as_frame
from sonomics.report.documents.model_card import Part, as_markdown
from sonomics.report.elements.tables import Table
from sonomics.report.prose.summary import SIMULATED


def write_checklists(folder: Path, study: str, checklists: Sequence[Checklist]) -> None:
    """Write every checklist as CSV and as Word document, named after its YAML file, into one folder."""
    with replacing(folder) as temporary:
        temporary.mkdir()
        for one in checklists:
            stem, standard = temporary / one.standard.key, one.standard
            as_frame(one).to_csv(stem.with_suffix(".csv"), index=False, lineterminator="\n")
            introduction = f"{study}. {standard.title} ({standard.source}); subjects in words of our own."
            write_tables(stem.with_suffix(".docx"), f"{standard.name} checklist", [as_document(one)], introduction)


def write_card(path: Path, study: str, parts: list[Part]) -> None:
    """Write the model card as Markdown."""
    write_text(path, as_markdown(study, parts))


def write_page_tables(path: Path, study: str, context: Mapping[str, Any]) -> None:
    """Write every table that the page is made of as a Word document."""
    tables = [as_text(table) for table in tables_in(context)]
    write_tables(path, study, tables, SIMULATED if context["simulated"] else "")


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
