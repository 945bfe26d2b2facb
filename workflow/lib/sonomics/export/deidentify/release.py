"""Write one de-identified instance and its manifest row."""

import logging
from collections.abc import Callable
from hashlib import sha256
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset, dcmread

from sonomics.core.errors import ItemError
from sonomics.export.deidentify.dataset import Changes, UnsafeError, silence_pydicom

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
    source: Traversable, named: Row, deidentify: Callable[[Dataset], tuple[Dataset, Changes]], folder: Path, out: Path
) -> tuple[Row, Changes | None]:
    """Write an instance without identities, and make its manifest row.

    Parameters
    ----------
    source : path or member of an archive
        The original.
    named : dict
        `patient, case, exam, instance, stem, centre` of its manifest row.
    deidentify : callable
        Makes a copy of the original without identities, or raises UnsafeError.
    folder, out : Path
        Where the chunk is being written, and where it will be.

    Returns
    -------
    row, changes : dict, Changes or None
        A row of the manifest; with a reason and without changes when the instance cannot be made safe.
    """
    stem = named["stem"]
    try:
        with silence_pydicom(), source.open("rb") as opened:
            original = dcmread(BytesIO(opened.read()))
    except Exception as error:  # a damaged file can make the parser raise anything
        rule = f"not a DICOM file ({type(error).__name__})"
        log.warning("%s", ItemError(stem, "DICOM file", rule, "replace the file"))
        return make_set_aside_row(named, UNREADABLE), None
    try:
        clean, changes = deidentify(original)
    except UnsafeError as error:
        log.warning("%s", error)
        return make_set_aside_row(named, error.reason), None
    file = Path("dicom", f"{stem}.dcm")
    (folder / file).parent.mkdir(parents=True, exist_ok=True)
    clean.save_as(folder / file, enforce_file_format=True)
    content = (folder / file).read_bytes()
    row = {
        "file": str(out / file),
        "device": str(clean.get("ManufacturerModelName", "") or ""),
        "frames": int(clean.get("NumberOfFrames", 1) or 1),
        "rows": int(clean.Rows),
        "columns": int(clean.Columns),
        "bytes": len(content),
        "sha256": sha256(content).hexdigest(),
    }
    return make_set_aside_row(named, "") | row, changes
