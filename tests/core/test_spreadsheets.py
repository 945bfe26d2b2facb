"""Excel files that are made to fill the memory are refused before they do."""

import os
import tracemalloc
import zipfile

import pytest
from openpyxl import Workbook

from sonomics.core.settings.export import Limits
from sonomics.core.spreadsheets import TooLargeError, read_sheet


@pytest.fixture
def book(tmp_path):
    made = Workbook()
    made.active.append(["case", "age"])
    made.active.append(["P1", 50])
    made.save(tmp_path / "lab.xlsx")
    return tmp_path / "lab.xlsx"


def change(path, member, edit):
    """Write a part of an Excel file anew."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[member] = edit(parts.get(member, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_sheet_is_read(book):
    assert read_sheet(book) == [["case", "age"], ["P1", 50]]


def test_a_part_that_grows_like_a_bomb_is_not_inflated(book):
    change(book, "xl/media/x.xml", lambda _: b" " * 60_000_000)
    with pytest.raises(TooLargeError, match="grows too much"):
        read_sheet(book)


def test_a_file_larger_than_a_table_is_not_inflated(book):
    change(book, "xl/media/x.xml", lambda _: os.urandom(1_100_000))
    with pytest.raises(TooLargeError, match="larger than a table"):
        read_sheet(book, limits=Limits.partial({"sheet_mb": 1}))


def test_the_size_that_a_sheet_states_takes_no_memory(book):
    change(book, "xl/worksheets/sheet1.xml", lambda text: text.replace(b"A1:B2", b"A1:XFD1048576"))
    tracemalloc.start()
    try:
        assert read_sheet(book) == [["case", "age"], ["P1", 50]]
        assert tracemalloc.get_traced_memory()[1] < 20e6
    finally:
        tracemalloc.stop()


def test_a_cell_far_away_is_told(book):
    last = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    change(book, "xl/worksheets/sheet1.xml", lambda text: text.replace(b"</sheetData>", last))
    with pytest.raises(TooLargeError, match="more cells"):
        read_sheet(book)
