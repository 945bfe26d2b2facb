"""Read the headers of a folder of DICOM files once: later jobs read new and changed files only."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pydicom import Dataset
from pydicom.errors import InvalidDicomError

from sonomics.core.errors import name_error
from sonomics.core.files import replacing
from sonomics.core.jobs import progress
from sonomics.core.private import keep_private
from sonomics.core.settings.export import Limits
from sonomics.export.deidentify.dataset import silence_pydicom
from sonomics.export.files.archive import Archived, Root
from sonomics.export.files.walk import NO_PERMISSION, Found, list_files
from sonomics.imaging.dicom_file import OverLimitError, SourceFile, read_header

HEADERS = Path("work", "headers.parquet")
TAGS = [
    *("PatientID", "IssuerOfPatientID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "Modality"),
    *("StudyDate", "StudyTime", "AccessionNumber", "StudyDescription", "SeriesNumber", "InstanceNumber"),
]
FILE, STAMP, REASON = "file", "stamp", "reason"
SAVED_EVERY = 5000  # headers: a run that is cut short reads no more than these again
NOT_DICOM, NO_IDENTIFIER = "not DICOM", "DICOM without patient, study or instance"
DAMAGED = "a damaged DICOM header"
# These do not change while the file does not; others (a permission, a limit) may.
LASTING = ("", NOT_DICOM, NO_IDENTIFIER, DAMAGED)

Header = Mapping[str, str]


class Indexed(NamedTuple):
    """A file of a source.

    Attributes
    ----------
    name : str
        Its path, which may be an identity.
    file : path, member of an archive or None
    header : mapping or None
        None for a file that is not used.
    reason : str
        Why it is not used; else "".
    """

    name: str
    file: SourceFile | None
    header: Header | None
    reason: str


_Kept = tuple[str, Header | None, str]  # stamp, header, reason


def read_headers(root: Root, limits: Limits, kept: Path | None = None) -> Iterator[Indexed]:
    """Read the header of every file under a folder and in its archives, by name.

    Parameters
    ----------
    root : Path or Archived
        A folder, or the inside of a ZIP file.
    limits : Limits
        `export.limits` of params.
    kept : Path, optional
        A table of headers read before, with identities; files that have not changed since are not opened. It is
        written again when something was read, and from time to time, so that an interrupted job continues there.
    """
    known = _read_table(kept) if kept is not None and kept.exists() else {}
    current: dict[str, _Kept] = {}
    fresh = 0
    for found in progress(list_files(root, limits), "read headers"):
        # File names on old discs need not be UTF-8, but a table must be.
        name = found.name.encode("utf-8", "backslashreplace").decode("utf-8")
        if found.file is None:
            yield Indexed(name, None, None, found.reason)
            continue
        entry = _read(found, known.get(name), limits)
        if entry[2] in LASTING:
            current[name] = entry
            fresh += entry is not known.get(name)
            if kept is not None and fresh and fresh % SAVED_EVERY == 0:
                _write_table(kept, known | current)
        yield Indexed(name, found.file, entry[1], entry[2])
    if kept is not None and (fresh or current.keys() != known.keys()):
        _write_table(kept, current)


def _read(found: Found, before: _Kept | None, limits: Limits) -> _Kept:
    """Read a header, unless the file is as it was before."""
    file = found.file
    assert file is not None
    try:
        stamp = _stamp(file)
        if before is not None and before[0] == stamp:
            return before
        with silence_pydicom():
            header = read_header(file, limits, TAGS)
            values = {tag: _read_text(header, tag) for tag in TAGS}
    except PermissionError:
        return "", None, NO_PERMISSION
    except (OverLimitError, OSError) as error:
        return "", None, str(error) if isinstance(error, OverLimitError) else f"unreadable ({name_error(error)})"
    except InvalidDicomError:
        return stamp, None, NOT_DICOM
    except Exception:  # a damaged file can make the parser raise anything
        return stamp, None, DAMAGED
    named = values["PatientID"] and values["StudyInstanceUID"] and values["SOPInstanceUID"]
    return (stamp, values, "") if named else (stamp, None, NO_IDENTIFIER)


def _stamp(file: SourceFile) -> str:
    """Return what changes with a file: its size and times; or, for a member of an archive, size and checksum."""
    if isinstance(file, Archived):
        return file.stamp
    status = Path(str(file)).stat()
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns}"


def _read_text(header: Dataset, tag: str) -> str:
    return str(header.get(tag, "") or "").strip()


def _read_table(path: Path) -> dict[str, _Kept]:
    table = pd.read_parquet(path)
    if not {REASON, *TAGS} <= set(table):  # of an earlier version
        return {}
    return {
        row[FILE]: (row[STAMP], None if row[REASON] else {tag: row[tag] for tag in TAGS}, row[REASON])
        for row in table.to_dict("records")
    }


def _write_table(path: Path, headers: Mapping[str, _Kept]) -> None:
    empty = dict.fromkeys(TAGS, "")
    rows = [
        {FILE: name, STAMP: stamp, REASON: reason, **(header or empty)}
        for name, (stamp, header, reason) in headers.items()
    ]
    with keep_private(), replacing(path) as temporary:
        pd.DataFrame(rows, columns=[FILE, STAMP, REASON, *TAGS]).to_parquet(temporary, index=False)
