"""Tables as a Word document."""

import zipfile
from pathlib import Path

import docx
import pytest

from sonomics.core.docx import DocumentTable, write_tables

NARROW = DocumentTable("Two models <b>", ["Model", "AUC"], [["a", "0.80\n0.70 to 0.90"], ["b ≥ 1\x0b", "–"]], "DeLong.")
WIDE = DocumentTable("Many", list("abcdefg"), [["row", *"123456"]])


def test_a_document_holds_the_tables_as_given(tmp_path: Path) -> None:
    write_tables(tmp_path / "t.docx", "Tables & <figures>", [NARROW, DocumentTable("Empty", ["x"], [])], "Read this.")
    document = docx.Document(str(tmp_path / "t.docx"))
    texts = [paragraph.text for paragraph in document.paragraphs if paragraph.text]
    assert texts == ["Tables & <figures>", "Read this.", "Table 1. Two models <b>", "DeLong.", "Table 2. Empty"]
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows == [["Model", "AUC"], ["a", "0.80\n0.70 to 0.90"], ["b ≥ 1", "–"]]
    assert len(document.tables[1].rows) == 1
    assert document.core_properties.title == "Tables & <figures>"


def test_the_same_tables_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tables(tmp_path / "a.docx", "T", [NARROW])
    monkeypatch.setattr("time.time", lambda: 2e9)
    write_tables(tmp_path / "b.docx", "T", [NARROW])
    assert (tmp_path / "a.docx").read_bytes() == (tmp_path / "b.docx").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.docx") as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_wide_table_lays_the_page_on_its_side(tmp_path: Path) -> None:
    for name, table in (("narrow", NARROW), ("wide", WIDE)):
        write_tables(tmp_path / f"{name}.docx", "T", [table])
    narrow, wide = (docx.Document(str(tmp_path / f"{name}.docx")).sections[0] for name in ("narrow", "wide"))
    assert narrow.page_width < narrow.page_height
    assert wide.page_width > wide.page_height


def test_columns_are_as_wide_as_their_text_asks(tmp_path: Path) -> None:
    write_tables(tmp_path / "t.docx", "T", [DocumentTable("c", ["Item", "Evidence"], [["1", "a long text " * 9]])])
    document = docx.Document(str(tmp_path / "t.docx"))
    item, evidence = (cell.width for cell in document.tables[0].rows[1].cells)
    page = document.sections[0]
    assert evidence == 8 * item
    assert item + evidence <= page.page_width - page.left_margin - page.right_margin


def test_a_row_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        write_tables(tmp_path / "t.docx", "T", [DocumentTable("c", ["a", "b"], [["1"]])])
    assert not (tmp_path / "t.docx").exists()
