"""Copy the image files of one chunk out of a folder, without any metadata, with readers' outlines and a manifest.

The folder's identifiers must be pseudonyms already.
"""

import logging
import shutil
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from sonomics.core import schemas
from sonomics.core.cohort import chunk_of, read_roster
from sonomics.core.errors import ItemError
from sonomics.core.files import replacing
from sonomics.core.images import read_mask, write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.tables import empty_table, write_table
from sonomics.export.table import read_listing, root_of

log = logging.getLogger(__name__)
DICOM = ".dcm"
ORIENTATION = ExifTags.Base.Orientation


class Size(NamedTuple):
    """What a file holds."""

    frames: int
    rows: int
    columns: int


class UnusableError(ItemError):
    """A file that is not exported; `reason` is written in the manifest."""

    def __init__(self, reason: str, stem: str, file: Path, rule: str, mend: str) -> None:
        self.reason = reason
        super().__init__(stem, str(file), rule, mend)


def read_pixels(file: Path, stem: str) -> NDArray[np.uint8]:
    """Read the pixels of a picture, upright, and nothing else of it.

    Returns
    -------
    (rows, columns) or (rows, columns, 3) uint8 array

    Raises
    ------
    UnusableError
        `unreadable`: no file, no picture, several frames, or more than 8 bits.
    """
    try:
        with Image.open(file) as image:
            if getattr(image, "n_frames", 1) > 1:
                raise UnusableError("unreadable", stem, file, "it has several frames", "write the frame to use as PNG")
            if image.mode.startswith(("I", "F")):
                raise UnusableError("unreadable", stem, file, "it has more than 8 bits", "write it as 8-bit PNG")
            upright = ImageOps.exif_transpose(image)
            return np.asarray(upright.convert("L" if upright.mode in ("1", "L", "LA") else "RGB"))
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:
        raise UnusableError(
            "unreadable", stem, file, f"no picture ({type(error).__name__})", "replace the file"
        ) from None


def read_outline(file: Path) -> NDArray[np.bool_]:
    """Read a mask, upright by its own EXIF as `read_pixels` turns a picture.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    OSError, SyntaxError
        When the file is missing or is no image.
    """
    mask = Image.fromarray(read_mask(file))
    with Image.open(file) as image:
        mask.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return np.asarray(ImageOps.exif_transpose(mask), dtype=np.bool_)


def export_picture(file: Path, stem: str, out: Path) -> Size:
    """Write a picture as PNG of the same pixels, free of EXIF and text chunks.

    Raises
    ------
    UnusableError
        As `read_pixels`.
    """
    pixels = read_pixels(file, stem)
    write_png(out, pixels)
    return Size(1, *pixels.shape[:2])


def export_dicom(file: Path, stem: str, out: Path) -> Size:
    """Copy a DICOM file that says it is de-identified.

    Raises
    ------
    UnusableError
        `unreadable`, or `not_deidentified` unless PatientIdentityRemoved is YES.
    """
    from pydicom import dcmread
    from pydicom.errors import InvalidDicomError

    try:
        header = dcmread(file, stop_before_pixels=True)
    except (OSError, InvalidDicomError) as error:
        raise UnusableError(
            "unreadable", stem, file, f"no DICOM ({type(error).__name__})", "replace the file"
        ) from None
    if header.get("PatientIdentityRemoved") != "YES":
        rule = "PatientIdentityRemoved is not YES"
        raise UnusableError("not_deidentified", stem, file, rule, "de-identify it first, and say so in the file")
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, out)
    return Size(int(header.get("NumberOfFrames", 1) or 1), int(header.get("Rows", 0)), int(header.get("Columns", 0)))


def _export(listed: dict[str, Any], root: Path, folder: Path, out: Path) -> dict[str, Any]:
    stem, source = listed["stem"], root / listed["image"]
    is_dicom = source.suffix.lower() == DICOM
    file = Path("dicom", f"{stem}{DICOM}") if is_dicom else Path("images", f"{stem}.png")
    row = {name: listed[name] for name in ("patient", "case", "exam", "instance", "stem", "view", "device", "centre")}
    row |= {"file": "", "bytes": 0, "sha256": "", "reason": ""}
    row["spacing_mm"] = pd.to_numeric(listed["spacing_mm"] or np.nan, errors="coerce")
    try:
        size = (export_dicom if is_dicom else export_picture)(source, stem, folder / file)
    except UnusableError as error:
        log.warning("%s", error)
        return {**row, "frames": 0, "rows": 0, "columns": 0, "reason": error.reason}
    content = (folder / file).read_bytes()
    row |= {"file": str(out / file), "bytes": len(content), "sha256": sha256(content).hexdigest()}
    return {**row, **size._asdict()}


def _export_outlines(listed: dict[str, Any], readers: Sequence[str], root: Path, folder: Path) -> None:
    for reader in readers:
        source = root / listed[f"outline__{reader}"]
        try:
            outline = read_outline(source)
        except (OSError, SyntaxError) as error:
            rule = f"no outline ({type(error).__name__})"
            log.warning("%s", ItemError(listed["stem"], str(source), rule, "draw one, or leave the image out"))
            continue
        write_png(folder / reader / "1" / f"{listed['stem']}.png", outline)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--chunk", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    settings = args.settings["export"]["folder"]
    chunks = args.settings["study"]["chunks"]
    root = root_of(settings)
    roster = read_roster(args.cohort)[["patient", "case", "centre"]]
    listed = read_listing(settings).merge(roster, on=["patient", "case"]).assign(view=settings["view"])
    members = listed[[chunk_of(patient, chunks) == args.chunk for patient in listed["patient"]]]
    rows = []
    with replacing(args.out) as folder:
        (folder / "outlines").mkdir(parents=True)
        for row in progress(members.to_dict("records"), f"export chunk {args.chunk}", total=len(members)):
            rows.append(_export(row, root, folder, args.out))
            _export_outlines(row, list(settings.get("outlines", {})), root, folder / "outlines")
        manifest = pd.DataFrame(rows) if rows else empty_table(schemas.MANIFEST)
        write_table(manifest, folder / "manifest.parquet", schemas.MANIFEST)


if __name__ == "__main__":
    run_job(main)
