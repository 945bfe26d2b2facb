"""The tables of the page as a Word document."""

from html import unescape
from pathlib import Path

import docx

from sonomics.report.documents.write import find_tables, format_cells
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table


def test_the_document_has_every_table_of_the_page_that_evaluation_made(study: Path, page: str) -> None:
    document = docx.Document(str(study / "results" / "tables.docx"))
    captions = [paragraph.text for paragraph in document.paragraphs if paragraph.style.name == "Caption"]
    assert len(captions) == len(document.tables)
    assert any("Cox regression" in caption for caption in captions)
    bare = [caption.split(". ", 1)[1] for caption in captions]
    assert [caption for caption in bare if f"<caption>{caption}</caption>" not in unescape(page)] == []
    assert "simulated" in document.paragraphs[1].text


def test_tables_are_found_at_any_depth_and_in_order() -> None:
    first, second, third = (Table(name, ["a"], []) for name in ("first", "second", "third"))
    parts = {"x": first, "y": [Section("s", "S", tables=[second])], "z": {"deep": (third, "text", None)}}
    assert [table.caption for table in find_tables(parts)] == ["first", "second", "third"]


def test_the_detail_of_a_cell_stands_on_a_line_of_its_own() -> None:
    table = Table("c", ["Model", "AUC"], [[Cell("a"), Cell("0.80", "0.70 to 0.90")]], "n")
    assert format_cells(table).rows == [["a", "0.80\n0.70 to 0.90"]]
