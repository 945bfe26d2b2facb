"""Read the headers of a folder of DICOM files once: later jobs read new and changed files only."""

import zipfile
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd
from pydicom import Dataset, dcmread

from sonomics.core.files import keep_private, replacing
from sonomics.core.jobs import progress
from sonomics.export.deidentify.dataset import silence_pydicom

HEADERS = Path("work", "headers.parquet")
TAGS = [
    *("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "Modality", "StudyDate", "StudyTime"),
    *("AccessionNumber", "StudyDescription", "SeriesNumber", "InstanceNumber"),
]
FILE, STAMP = "file", "stamp"
SAVED_EVERY = 5000  # headers: a run that is cut short reads no more than these again

Header = Mapping[str, str]


def read_headers(root: Traversable, kept: Path | None = None) -> Iterator[tuple[Traversable, Header | None]]:
    """Read the header of every file under a folder and in its archives, by name.

    Parameters
    ----------
    root : Traversable
        A folder, or the inside of a ZIP file.
    kept : Path, optional
        A table of headers read before, with identities; files that have not changed since are not opened. It is
        written again when something was read, and from time to time, so that an interrupted job continues there.

    Yields
    ------
    file, header : Traversable, mapping or None
        None for a file that is not DICOM, or has no patient, study or instance.
    """
    known = _read_table(kept) if kept is not None and kept.exists() else {}
    current: dict[str, tuple[str, Header | None]] = {}
    fresh = 0
    for file in progress(list_files(root), "read headers"):
        # File names on old discs need not be UTF-8, but a table must be.
        name, stamp = str(file).encode("utf-8", "backslashreplace").decode("utf-8"), _stamp(file)
        before = known.get(name)
        if before is not None and before[0] == stamp:
            current[name] = before
        else:
            current[name] = stamp, _read_header(file)
            fresh += 1
            if kept is not None and fresh % SAVED_EVERY == 0:
                _write_table(kept, known | current)
        yield file, current[name][1]
    if kept is not None and (fresh or current.keys() != known.keys()):
        _write_table(kept, current)


def list_files(root: Traversable) -> Iterator[Traversable]:
    """List the files under a folder and in its archives, by name."""
    for entry in sorted(root.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from list_files(entry)
        elif isinstance(entry, Path) and (archive := open_archive(entry)) is not None:
            yield from list_files(archive)
        else:
            yield entry


def open_archive(path: Path) -> zipfile.Path | None:
    """Open a ZIP file, to be used like a folder; None when the file is not a ZIP file, or damaged."""
    try:
        return zipfile.Path(path) if zipfile.is_zipfile(path) else None
    except zipfile.BadZipFile:
        return None


def _stamp(file: Traversable) -> str:
    """Return what changes with a file: its size and time, or, for a member of an archive, size and checksum."""
    if isinstance(file, zipfile.Path):
        member = file.root.getinfo(file.at)
        return f"{member.file_size} {member.CRC:08x}"
    status = Path(str(file)).stat()
    return f"{status.st_size} {status.st_mtime_ns}"


def _read_header(file: Traversable) -> Header | None:
    try:
        with silence_pydicom(), file.open("rb") as opened:
            header = dcmread(opened, specific_tags=TAGS, stop_before_pixels=True)
            values = {tag: _read_text(header, tag) for tag in TAGS}
    except Exception:  # a folder may hold anything, and a damaged file can make the parser raise anything
        return None
    return values if values["PatientID"] and values["StudyInstanceUID"] and values["SOPInstanceUID"] else None


def _read_text(header: Dataset, tag: str) -> str:
    return str(header.get(tag, "") or "").strip()


def _read_table(path: Path) -> dict[str, tuple[str, Header | None]]:
    rows = pd.read_parquet(path).to_dict("records")
    return {row[FILE]: (row[STAMP], {tag: row[tag] for tag in TAGS} if row["SOPInstanceUID"] else None) for row in rows}


def _write_table(path: Path, headers: Mapping[str, tuple[str, Header | None]]) -> None:
    empty = dict.fromkeys(TAGS, "")
    rows = [{FILE: name, STAMP: stamp, **(header or empty)} for name, (stamp, header) in headers.items()]
    with keep_private(), replacing(path) as temporary:
        pd.DataFrame(rows, columns=[FILE, STAMP, *TAGS]).to_parquet(temporary, index=False)
