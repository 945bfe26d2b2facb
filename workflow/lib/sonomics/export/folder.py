"""Export the files of one chunk from a folder or a ZIP file: pictures without metadata, DICOM without identities.

Pictures are listed in a table, whose identifiers must be pseudonyms already. DICOM files are listed too, or found.
"""

import logging
from collections.abc import Collection, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from sonomics.core.cohort import chunk_of, read_roster
from sonomics.core.errors import ItemError, name_error
from sonomics.core.images import write_png
from sonomics.core.jobs import job_parser, progress, run_job
from sonomics.core.settings.export import Limits
from sonomics.export.deidentify.changes_table import make_changes_row
from sonomics.export.deidentify.chunk import Chunk, write_chunk
from sonomics.export.deidentify.dataset import Identity, silence_pydicom
from sonomics.export.deidentify.release import NOT_FOUND, make_set_aside_row
from sonomics.export.files.archive import Root
from sonomics.export.files.dicom_folder import open_dicom_folder
from sonomics.export.files.header_index import HEADERS
from sonomics.export.files.left_out import LEFT_OUT, count_reasons, write_left_out
from sonomics.export.files.listing import join_below, open_root, read_listing
from sonomics.export.files.pictures import UnusableError, export_picture, read_outline
from sonomics.export.pacs.intake import TAGS, WORDS, Whose
from sonomics.export.pacs.retrieve import list_exams
from sonomics.export.pacs.transfer import wait_for_turn
from sonomics.imaging.dicom_file import SourceFile, read_header
from sonomics.kinds.pacs import Studies
from sonomics.kinds.sources.folder import Folder

log = logging.getLogger(__name__)
DICOM = ".dcm"


def export_dicom_folder(cohort: Path, settings: Folder, limits: Limits, chunks: int, number: int, chunk: Chunk) -> None:
    """Export the exams of a chunk from a folder of DICOM files in any layout.

    Raises
    ------
    StudyError
        When cohort, linkage and key do not agree, or the folder is missing.
    """
    exams = list_exams(cohort, chunks, number, chunk.pseudonyms)
    studies = cast(Studies, settings.dicom)
    modality = studies.query.modality
    with wait_for_turn(HEADERS.parent):  # the first job reads all headers, the others wait and find them read
        files = open_dicom_folder(settings, limits, HEADERS)
        write_left_out(files.left_out, LEFT_OUT)
    for counted in count_reasons(files.left_out):
        log.warning("of the whole folder, %s (%s names them)", counted, LEFT_OUT)
    for exam in progress(exams, f"de-identify chunk {number}"):
        listed = files.list_instances(exam.patient_id, exam.study_uid, modality)
        if not listed:
            chunk.set_aside(exam.instance(0), exam.patient, exam.centre, NOT_FOUND)
        if others := files.count_others(exam.patient_id, exam.study_uid):
            log.warning("%s: %d files of its study are of other patients, and are not used", exam.name, others)
        whose = Whose(files.merged.all_of(exam.patient_id.strip()), exam.issuer or studies.issuer, exam.study_uid)
        for index, (instance, file) in enumerate(listed, start=1):
            identity = exam.instance(index)
            if reason := _find_mismatch(file, whose, instance.series_uid, limits):
                log.warning("%s is set aside: it is %s", identity.stem, WORDS[reason])
                chunk.set_aside(identity, exam.patient, exam.centre, reason)
            else:
                chunk.release(file, identity, exam.patient, exam.centre)


def _find_mismatch(file: SourceFile, whose: Whose, series_uid: str, limits: Limits) -> str:
    """Find why a file is not the one that was listed, as one replaced since; "" also when it cannot be read."""
    try:
        with silence_pydicom():
            return whose.find_mismatch(read_header(file, limits, list(TAGS)), series_uid)
    except Exception:  # a damaged file can make the parser raise anything; the release tells it
        return ""


def export_listed_files(
    cohort: Path, settings: Folder, chunks: int, number: int, chunk: Chunk, device_words: Collection[str] = ()
) -> None:
    """Export the files of a chunk that a table lists, with readers' outlines.

    Raises
    ------
    StudyError
        When folder or table are missing, or the table is wrong.
    """
    root = open_root(settings)
    roster = read_roster(cohort)[["patient", "case", "centre"]]
    listed = read_listing(settings, device_words).merge(roster, on=["patient", "case"]).assign(view=settings.view)
    members = listed[[chunk_of(patient, chunks) == number for patient in listed["patient"]]]
    (chunk.folder / "outlines").mkdir()
    for row in progress(members.to_dict("records"), f"export chunk {number}", total=len(members)):
        _export_file(row, root, chunk, settings.pixels)
        _export_outlines(row, list(settings.outlines), root, chunk.folder / "outlines")


def _export_file(listed: dict[str, Any], root: Root, chunk: Chunk, pixels: str) -> None:
    source = join_below(root, listed["image"])
    spacing = float(pd.to_numeric(listed["spacing_mm"] or np.nan, errors="coerce"))
    stated = {"view": listed["view"], "spacing_mm": spacing}
    if source.name.lower().endswith(DICOM):
        identity = Identity(listed["patient"], listed["case"], listed["exam"], listed["instance"])
        chunk.release(source, identity, listed["patient"], listed["centre"])
        chunk.rows[-1] |= stated | ({"device": listed["device"]} if listed["device"] else {})
        return
    named = {name: listed[name] for name in ("patient", "case", "exam", "instance", "stem", "device", "centre")}
    file = Path("images", f"{listed['stem']}.png")
    try:
        shape, changes = export_picture(source, listed["stem"], chunk.folder / file, pixels, chunk.find_text)
    except UnusableError as error:
        log.warning("%s", error)
        chunk.rows.append(make_set_aside_row(named | stated, error.reason))
        return
    content = (chunk.folder / file).read_bytes()
    written = {"file": str(chunk.out / file), "bytes": len(content), "sha256": sha256(content).hexdigest()}
    size = {"frames": 1, "rows": shape[0], "columns": shape[1]}
    chunk.rows.append(make_set_aside_row(named | stated, "") | written | size)
    if changes is not None:
        chunk.changes.append(make_changes_row(named, changes))


def _export_outlines(listed: dict[str, Any], readers: Sequence[str], root: Root, folder: Path) -> None:
    for reader in readers:
        try:
            outline = read_outline(join_below(root, listed[f"outline__{reader}"]))
        except Exception as error:  # a damaged file can make the parser raise anything
            rule = f"it cannot be read ({name_error(error)})"
            fix = "draw one, or leave the image out"
            log.warning("%s", ItemError(listed["stem"], f"outline of {reader}", rule, fix))
            continue
        write_png(folder / reader / "1" / f"{listed['stem']}.png", outline)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the job."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--chunk", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(argv)
    export, chunks = args.settings.export, args.settings.study.chunks
    settings: Folder = export.sources()["folder"]
    with write_chunk(args.out, export) as chunk:
        if settings.dicom is None:
            export_listed_files(args.cohort, settings, chunks, args.chunk, chunk, export.deidentify.device_words)
        else:
            export_dicom_folder(args.cohort, settings, export.limits, chunks, args.chunk, chunk)


if __name__ == "__main__":
    run_job(main)
