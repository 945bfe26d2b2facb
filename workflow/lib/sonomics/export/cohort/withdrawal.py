"""Find and remove every trace of a case in a study: files named after it, table rows, pages that mention it."""

import csv
import re
import shutil
import zipfile
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from sonomics.core.files import replacing
from sonomics.export.cohort.withdrawn import FORGOTTEN

FOLDERS = ("data", "results", "work", "logs")
# What the workflow notes of its jobs: their inputs, among them files named after cases.
NOTES = tuple(f".snakemake/{folder}" for folder in ("metadata", "log", "incomplete", "auxiliary"))
SHEET = "sheet.png"  # a picture of all cases of the table beside it
TABLES = (".csv", ".parquet")
BYTE_BY_BYTE = "latin-1"  # names of cases are ASCII in every encoding that a table may have


class Traces:
    """Search for mentions of a case by its pseudonyms.

    Parameters
    ----------
    names : collection of str
        Case and patient; a name must stand alone or be followed by a character other than a letter, digit or `_`, as
        in `<case>-e1-i1`.
    """

    def __init__(self, names: Collection[str]) -> None:
        either = "|".join(re.escape(name) for name in sorted(names))
        self._text = re.compile(rf"(?<![A-Za-z0-9_])(?:{either})(?![A-Za-z0-9_])")
        self._bytes = re.compile(self._text.pattern.encode())

    def in_text(self, text: object) -> bool:
        """Tell whether a text mentions the case."""
        return isinstance(text, str) and self._text.search(text) is not None

    def in_file(self, path: Path) -> bool:
        """Tell whether a file mentions the case: in its name or its bytes, or in those of a member of an archive."""
        if self.in_text(path.name) or self._bytes.search(path.read_bytes()) is not None:
            return True
        return zipfile.is_zipfile(path) and self._in_archive(path)

    def _in_archive(self, path: Path) -> bool:
        try:
            with zipfile.ZipFile(path) as archive:
                return any(self._bytes.search(archive.read(member)) is not None for member in archive.infolist())
        except (zipfile.BadZipFile, RuntimeError, NotImplementedError):  # damaged, encrypted, compressed otherwise
            return False

    def in_rows(self, frame: pd.DataFrame) -> "pd.Series[bool]":
        """Tell which rows of a table mention the case in any column."""
        mentioned = pd.Series(False, index=frame.index)
        for name in frame.columns:
            if frame[name].dtype == object or pd.api.types.is_string_dtype(frame[name]):
                mentioned |= frame[name].map(self.in_text).astype(bool)
        return mentioned


def remove_traces(study: Path, traces: Traces) -> list[Path]:
    """Remove every trace of a case from a study directory.

    Its rows are removed from tables; any other file that mentions it, a folder named after it, and the sheet of
    pictures beside a table that had rows of it, is deleted.

    Returns
    -------
    list of Path
        What was changed or deleted, relative to the study, sorted.
    """
    touched = []
    for path in sorted(_iterate_paths(study)):
        if not path.exists() or path == study / FORGOTTEN:
            continue
        if path.is_dir():
            if traces.in_text(path.name):
                shutil.rmtree(path)
                touched.append(path)
        elif path.suffix in TABLES and not traces.in_text(path.name):
            if _remove_rows(path, traces):
                touched.append(path)
                if (sheet := path.with_name(SHEET)).exists():
                    sheet.unlink()
                    touched.append(sheet)
        elif traces.in_file(path):
            path.unlink()
            touched.append(path)
    return sorted(path.relative_to(study) for path in touched)


def _iterate_paths(study: Path) -> Iterator[Path]:
    for folder in (*FOLDERS, *NOTES):
        yield from (study / folder).rglob("*")


def _split_records(text: str) -> Iterator[str]:
    """Split a CSV into its rows, unchanged, those of several lines too, whatever separates the cells."""
    lines, start = StringIO(text, newline="").readlines(), 0
    reader = csv.reader(lines)
    with suppress(csv.Error):  # a quote that is never closed
        for _ in reader:
            yield "".join(lines[start : reader.line_num])
            start = reader.line_num
    yield from lines[start:]


def _remove_rows(path: Path, traces: Traces) -> bool:
    if path.suffix == ".csv":
        before = path.read_bytes().decode(BYTE_BY_BYTE)
        header, *rows = list(_split_records(before)) or [""]
        after = header + "".join(row for row in rows if not traces.in_text(row))
        if after != before:
            with replacing(path) as temporary:
                temporary.write_bytes(after.encode(BYTE_BY_BYTE))
        return after != before
    table = pq.read_table(path)
    mentioned = traces.in_rows(table.to_pandas())
    if mentioned.any():
        with replacing(path) as temporary:
            pq.write_table(table.filter(pa.array(~mentioned.to_numpy())), temporary)
    return bool(mentioned.any())
