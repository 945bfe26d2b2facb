"""The headers of a folder of DICOM files, read once: later jobs read new and changed files only."""

import zipfile
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

import pandas as pd
from pydicom import Dataset, dcmread

from sonomics.core.files import replacing
from sonomics.core.jobs import progress
from sonomics.export.deidentify.dataset import silenced

HEADERS = Path("work", "headers.parquet")
TAGS = [
    *("PatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "Modality", "StudyDate", "StudyTime"),
    *("AccessionNumber", "StudyDescription", "SeriesNumber", "InstanceNumber"),
]
FILE, STAMP = "file", "stamp"
SAVED_EVERY = 5000  # headers: a run that is cut short reads no more than these again

Header = Mapping[str, str]


def headers_of(root: Traversable, kept: Path | None = None) -> Iterator[tuple[Traversable, Header | None]]:
    """Read the header of every file under a folder, those in its archives too, by name.

    Parameters
    ----------
    root : Traversable
        A folder, or the inside of a ZIP file.
    kept : Path, optional
        A table of headers read before, identities included; files that have not changed since are not opened. It is
        written anew when something was read, and now and then on the way, so that a job that was cut goes on there.

    Yields
    ------
    file, header : Traversable, mapping or None
        None for what is no DICOM, or tells no patient, study or instance.
    """
    known = _read(kept) if kept is not None and kept.exists() else {}
    found: dict[str, tuple[str, Header | None]] = {}
    fresh = 0
    for place in progress(places(root), "read headers"):
        # Names on old discs need not be UTF-8, which a table must be.
        name, stamp = str(place).encode("utf-8", "backslashreplace").decode("utf-8"), _stamp(place)
        before = known.get(name)
        if before is not None and before[0] == stamp:
            found[name] = before
        else:
            found[name] = stamp, _header(place)
            fresh += 1
            if kept is not None and fresh % SAVED_EVERY == 0:
                _write(kept, known | found)
        yield place, found[name][1]
    if kept is not None and (fresh or found.keys() != known.keys()):
        _write(kept, found)


def places(root: Traversable) -> Iterator[Traversable]:
    """List the files under a folder, and those in its archives, by name."""
    for place in sorted(root.iterdir(), key=lambda place: place.name):
        if place.is_dir():
            yield from places(place)
        elif isinstance(place, Path) and (archive := archive_in(place)) is not None:
            yield from places(archive)
        else:
            yield place


def archive_in(path: Path) -> zipfile.Path | None:
    """Open a ZIP file, to be used like a folder; None when it is none, or not whole."""
    try:
        return zipfile.Path(path) if zipfile.is_zipfile(path) else None
    except zipfile.BadZipFile:
        return None


def _stamp(place: Traversable) -> str:
    """Say what changes when a file does: size and time, of a member of an archive size and checksum."""
    if isinstance(place, zipfile.Path):
        member = place.root.getinfo(place.at)
        return f"{member.file_size} {member.CRC:08x}"
    about = Path(str(place)).stat()
    return f"{about.st_size} {about.st_mtime_ns}"


def _header(place: Traversable) -> Header | None:
    try:
        with silenced(), place.open("rb") as file:
            header = dcmread(file, specific_tags=TAGS, stop_before_pixels=True)
            values = {tag: _text(header, tag) for tag in TAGS}
    except Exception:  # a folder may hold anything, and rubbish can make the parser raise anything
        return None
    return values if values["PatientID"] and values["StudyInstanceUID"] and values["SOPInstanceUID"] else None


def _text(header: Dataset, tag: str) -> str:
    return str(header.get(tag, "") or "").strip()


def _read(path: Path) -> dict[str, tuple[str, Header | None]]:
    rows = pd.read_parquet(path).to_dict("records")
    return {row[FILE]: (row[STAMP], {tag: row[tag] for tag in TAGS} if row["SOPInstanceUID"] else None) for row in rows}


def _write(path: Path, found: Mapping[str, tuple[str, Header | None]]) -> None:
    nothing = dict.fromkeys(TAGS, "")
    rows = [{FILE: name, STAMP: stamp, **(header or nothing)} for name, (stamp, header) in found.items()]
    with replacing(path) as temporary:
        pd.DataFrame(rows, columns=[FILE, STAMP, *TAGS]).to_parquet(temporary, index=False)
