"""The documents that go with the page: checklists, the model card, and the page's tables for Word."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from sonomics.core.docx import DocumentTable, write_tables
from sonomics.core.files import replacing, write_text
from sonomics.report.documents.checklists import Checklist, format_for_word, tabulate_checklist
from sonomics.report.documents.model_card import Part, format_as_markdown
from sonomics.report.elements.tables import Table
from sonomics.report.study.wording import SIMULATED


def write_checklists(folder: Path, study: str, checklists: Sequence[Checklist]) -> None:
    """Write every checklist as CSV and as Word document, named after its YAML file, into one folder."""
    with replacing(folder) as temporary:
        temporary.mkdir()
        for checklist in checklists:
            standard, stem = checklist.standard, temporary / checklist.standard.key
            tabulate_checklist(checklist).to_csv(stem.with_suffix(".csv"), index=False, lineterminator="\n")
            introduction = f"{study}. {standard.title} ({standard.source}); subjects in our own words."
            heading = f"{standard.name} checklist"
            write_tables(stem.with_suffix(".docx"), heading, [format_for_word(checklist)], introduction)


def write_card(path: Path, study: str, parts: list[Part]) -> None:
    """Write the model card as Markdown."""
    write_text(path, format_as_markdown(study, parts))


def write_page_tables(path: Path, study: str, context: Mapping[str, Any]) -> None:
    """Write the tables of the page as a Word document, except those of the model card, which repeat others."""
    tables = [format_cells(table) for name, part in context.items() if name != "card" for table in find_tables(part)]
    write_tables(path, study, tables, SIMULATED if context["simulated"] else "")


def find_tables(part: Any) -> Iterator[Table]:
    """Find every table in a part of the page, however deep in lists, maps and dataclasses, in order."""
    if isinstance(part, Table):
        yield part
    elif isinstance(part, Mapping):
        for value in part.values():
            yield from find_tables(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from find_tables(value)
    elif is_dataclass(part):
        for attribute in fields(part):
            yield from find_tables(getattr(part, attribute.name))


def format_cells(table: Table) -> DocumentTable:
    """Format the cells of a table as text: the detail of a cell stands on a line below."""
    rows = [["\n".join(filter(None, cell)) for cell in row] for row in table.rows]
    return DocumentTable(table.caption, table.columns, rows, table.note)
