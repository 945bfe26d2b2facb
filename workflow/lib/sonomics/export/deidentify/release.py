"""Write one de-identified instance and its manifest row."""

import hashlib
import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import numpy as np
from pydicom import Dataset

from sonomics.core.errors import ItemError, name_error
from sonomics.core.files import stop_without_room
from sonomics.core.settings.export import Limits
from sonomics.export.deidentify.dataset import (
    FIX,
    OVER_LIMIT,
    RAISE_LIMIT,
    Changes,
    UnsafeError,
    silence_pydicom,
)
from sonomics.imaging.dicom_file import Original, OverLimitError, SourceFile, open_original

log = logging.getLogger(__name__)
UNREADABLE, NOT_FOUND, NOT_RETRIEVED = "unreadable", "not_found", "not_retrieved"
EMPTY_ROW = {
    "file": "", "view": "", "device": "", "spacing_mm": np.nan,
    "frames": 0, "rows": 0, "columns": 0, "bytes": 0, "sha256": "",
}  # fmt: skip

Row = dict[str, Any]


def make_set_aside_row(named: Row, reason: str) -> Row:
    """Make the manifest row of a file that is not exported."""
    return {**EMPTY_ROW, **named, "reason": reason}


def release_instance(
    source: SourceFile,
    named: Row,
    deidentify: Callable[[Original, IO[bytes]], tuple[Dataset, Changes]],
    limits: Limits,
    folder: Path,
    out: Path,
) -> tuple[Row, Changes | None]:
    """Write an instance without identities, and make its manifest row.

    Parameters
    ----------
    source : path or member of an archive
        The original.
    named : dict
        `patient, case, exam, instance, stem, centre` of its manifest row.
    deidentify : callable
        Makes a copy of the original without identities, whose pixels it writes to a file, or raises UnsafeError.
    limits : Limits
        `export.limits` of params.
    folder, out : Path
        Where the chunk is being written, and where it will be.

    Returns
    -------
    row, changes : dict, Changes or None
        A row of the manifest; with a reason and without changes when the instance cannot be made safe.

    Raises
    ------
    OSError
        When the disk is full.
    """
    try:
        with silence_pydicom(), open_original(source, limits, folder) as original:
            return _release(original, named, deidentify, folder, out)
    except UnsafeError as error:
        log.warning("%s", error)
        return make_set_aside_row(named, error.reason), None
    except OverLimitError as error:
        log.warning("%s", UnsafeError(OVER_LIMIT, named["stem"], str(error), RAISE_LIMIT))
        return make_set_aside_row(named, OVER_LIMIT), None
    except Exception as error:  # a damaged file can make the parser raise anything, and the message may quote it
        stop_without_room(error)
        rule = f"not a DICOM file ({name_error(error)})"
        log.warning("%s", ItemError(named["stem"], "DICOM file", rule, "replace the file"))
        return make_set_aside_row(named, UNREADABLE), None


def _release(
    original: Original,
    named: Row,
    deidentify: Callable[[Original, IO[bytes]], tuple[Dataset, Changes]],
    folder: Path,
    out: Path,
) -> tuple[Row, Changes]:
    file = Path("dicom", f"{named['stem']}.dcm")
    written = folder / file
    written.parent.mkdir(parents=True, exist_ok=True)
    try:
        with tempfile.TemporaryFile(dir=folder) as pixels:
            clean, changes = deidentify(original, pixels)
            clean.save_as(written, enforce_file_format=True)
    except Exception as error:
        written.unlink(missing_ok=True)
        if isinstance(error, UnsafeError):
            raise
        stop_without_room(error)
        rule = f"it cannot be written anew ({name_error(error)})"
        raise UnsafeError("damaged", named["stem"], rule, FIX) from None
    with written.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    row = {
        "file": str(out / file),
        "device": str(clean.get("ManufacturerModelName", "") or ""),
        "frames": int(clean.get("NumberOfFrames", 1) or 1),
        "rows": int(clean.Rows),
        "columns": int(clean.Columns),
        "bytes": written.stat().st_size,
        "sha256": digest,
    }
    return make_set_aside_row(named, "") | row, changes
