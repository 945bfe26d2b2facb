"""Let the files of one chunk leave a folder or a ZIP file: pictures without metadata, DICOM without identities.

Pictures are listed in a table, whose identifiers must be pseudonyms already. DICOM files are listed too, or found.
"""

import logging
from collections.abc import Mapping, Sequence
from hashlib import sha256
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps

from sonomics.core.cohort import chunk_of, read_roster
from sonomics.core.errors import ItemError
from sonomics.core.images import read_mask, write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.export.chunk import Chunk, writing_chunk
from sonomics.export.deidentify import Identity
from sonomics.export.dicomfolder import DicomFolder
from sonomics.export.pacs import criteria_of
from sonomics.export.release import NOT_FOUND, set_aside
from sonomics.export.retrieve import exams_of
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

    def __init__(self, reason: str, stem: str, file: Traversable, rule: str, mend: str) -> None:
        self.reason = reason
        super().__init__(stem, str(file), rule, mend)


def read_pixels(file: Traversable, stem: str) -> NDArray[np.uint8]:
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
        with file.open("rb") as content, Image.open(content) as image:
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


def read_outline(file: Traversable) -> NDArray[np.bool_]:
    """Read a mask, upright by its own EXIF as `read_pixels` turns a picture.

    Returns
    -------
    (rows, columns) bool array

    Raises
    ------
    OSError, SyntaxError
        When the file is missing or is no image.
    """
    with file.open("rb") as content:
        mask = Image.fromarray(read_mask(content))
        image = Image.open(content)
        mask.getexif()[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    return np.asarray(ImageOps.exif_transpose(mask), dtype=np.bool_)


def export_picture(file: Traversable, stem: str, out: Path) -> Size:
    """Write a picture as PNG of the same pixels, free of EXIF and text chunks.

    Raises
    ------
    UnusableError
        As `read_pixels`.
    """
    pixels = read_pixels(file, stem)
    write_png(out, pixels)
    return Size(1, *pixels.shape[:2])


def export_found(cohort: Path, export: Mapping[str, Any], chunks: int, number: int, chunk: Chunk) -> None:
    """Let the exams of a chunk leave a folder of DICOM files in any layout.

    Raises
    ------
    StudyError
        When cohort, linkage and key do not agree, or the folder is not there.
    """
    exams = exams_of(cohort, chunks, number, chunk.pseudonyms)
    modality = criteria_of(export["folder"]["dicom"].get("query", {})).modality
    files = DicomFolder(root_of(export["folder"]))
    for exam in progress(exams, f"de-identify chunk {number}"):
        listed = files.list_instances(exam.study_uid, modality)
        if not listed:
            chunk.set_aside(exam.instance(0), exam.patient, exam.centre, NOT_FOUND)
        for place, (_, where) in enumerate(listed, start=1):
            chunk.release(where, exam.instance(place), exam.patient, exam.centre)


def export_listed(cohort: Path, export: Mapping[str, Any], chunks: int, number: int, chunk: Chunk) -> None:
    """Let the files of a chunk that a table lists leave, with readers' outlines.

    Raises
    ------
    StudyError
        When folder or table are not there, or the table is wrong.
    """
    settings = export["folder"]
    root = root_of(settings)
    roster = read_roster(cohort)[["patient", "case", "centre"]]
    listed = read_listing(settings).merge(roster, on=["patient", "case"]).assign(view=settings["view"])
    members = listed[[chunk_of(patient, chunks) == number for patient in listed["patient"]]]
    (chunk.folder / "outlines").mkdir()
    for row in progress(members.to_dict("records"), f"export chunk {number}", total=len(members)):
        _export(row, root, chunk)
        _export_outlines(row, list(settings.get("outlines", {})), root, chunk.folder / "outlines")


def _export(listed: dict[str, Any], root: Traversable, chunk: Chunk) -> None:
    source = root / listed["image"]
    spacing = float(pd.to_numeric(listed["spacing_mm"] or np.nan, errors="coerce"))
    stated = {"view": listed["view"], "spacing_mm": spacing}
    if source.name.lower().endswith(DICOM):
        who = Identity(listed["patient"], listed["case"], listed["exam"], listed["instance"])
        chunk.release(source, who, listed["patient"], listed["centre"])
        chunk.rows[-1] |= stated | ({"device": listed["device"]} if listed["device"] else {})
        return
    named = {name: listed[name] for name in ("patient", "case", "exam", "instance", "stem", "device", "centre")}
    file = Path("images", f"{listed['stem']}.png")
    try:
        size = export_picture(source, listed["stem"], chunk.folder / file)
    except UnusableError as error:
        log.warning("%s", error)
        chunk.rows.append(set_aside(named | stated, error.reason))
        return
    content = (chunk.folder / file).read_bytes()
    written = {"file": str(chunk.out / file), "bytes": len(content), "sha256": sha256(content).hexdigest()}
    chunk.rows.append(set_aside(named | stated, "") | written | size._asdict())


def _export_outlines(listed: dict[str, Any], readers: Sequence[str], root: Traversable, folder: Path) -> None:
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
    export, chunks = args.settings["export"], args.settings["study"]["chunks"]
    leave = export_found if "dicom" in export["folder"] else export_listed
    with writing_chunk(args.out, export) as chunk:
        leave(args.cohort, export, chunks, args.chunk, chunk)


if __name__ == "__main__":
    run_job(main)
