"""What the exams of each chunk hold in a folder source: a picture, DICOM file or row that was replaced is noticed."""

import json
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import cast

import pandas as pd

from sonomics.core.cohort import chunk_of, fingerprint
from sonomics.core.contents import Contents
from sonomics.core.errors import StudyError
from sonomics.core.files import write_json
from sonomics.core.settings.parameters import Parameters
from sonomics.core.tables import read_table
from sonomics.export.deidentify.linkage import TABLE, linkage_path
from sonomics.export.files.archive import Archived
from sonomics.export.files.dicom_folder import open_dicom_folder
from sonomics.export.files.header_index import HEADERS
from sonomics.export.files.listing import join_below, open_root, read_listing
from sonomics.export.pacs.transfer import wait_for_turn
from sonomics.imaging.dicom_file import SourceFile
from sonomics.kinds.pacs import Studies
from sonomics.kinds.sources.folder import Folder

# Hashes by path, which may be an identity; and the names of the chunks of the last time.
CACHE, LAST = Path("work", "source_contents.json"), Path(".snakemake", "source_contents.json")


def name_chunks(params: Parameters, roster: pd.DataFrame) -> dict[str, str]:
    """Name the content of what each chunk is exported from; the study is the current directory.

    Parameters
    ----------
    params : Parameters
        With `study.chunks` and `export`.
    roster : DataFrame
        `patient` and `case`.

    Returns
    -------
    dict of chunk to str
        A hash of the chunk's rows of the table and of its files, whatever their dates. Where the source is not at hand
        (not mounted, no linkage table) or cannot be read, the hashes of the last time: nothing is known to be stale,
        and a job says what is wrong.
    """
    settings: Folder = params.export.sources()["folder"]
    contents = Contents(CACHE)
    members = roster.assign(chunk=[chunk_of(patient, params.study.chunks) for patient in roster["patient"]])
    try:
        if settings.dicom is None:
            named = _name_pictures(settings, params, members, contents)
        else:
            named = _name_studies(settings, params, members, contents)
    except (StudyError, OSError):
        return _read_last()
    contents.save()
    write_json(LAST, named)
    return named


def _name_pictures(settings: Folder, params: Parameters, members: pd.DataFrame, contents: Contents) -> dict[str, str]:
    root = open_root(settings)
    listed = read_listing(settings, params.export.deidentify.device_words).merge(members, on=["patient", "case"])
    columns = ["image", *(name for name in map(str, listed) if name.startswith("outline__"))]
    return {
        str(chunk): _name(rows, (join_below(root, path) for path in rows[columns].to_numpy().ravel()), contents)
        for chunk, rows in listed.groupby("chunk")
    }


def _name_studies(settings: Folder, params: Parameters, members: pd.DataFrame, contents: Contents) -> dict[str, str]:
    linkage = read_table(linkage_path(Path()), TABLE).merge(members[["case", "chunk"]], on="case")
    modality = cast(Studies, settings.dicom).query.modality
    with wait_for_turn(HEADERS.parent):
        folder = open_dicom_folder(settings, params.export.limits, HEADERS)
    if not folder.has_studies:  # the place of a drive that is not mounted
        return _read_last()
    named = {}
    for chunk, rows in linkage.groupby("chunk"):
        exams = zip(rows["patient_id"], rows["study_uid"], strict=True)
        files = [file for exam in exams for _, file in folder.list_instances(*exam, modality)]
        named[str(chunk)] = _name(rows, files, contents)
    return named


def _name(rows: pd.DataFrame, files: Iterable[SourceFile], contents: Contents) -> str:
    digests = [file.stamp if isinstance(file, Archived) else contents.digest(str(file)) for file in files]
    return sha256("\n".join([fingerprint(rows), *digests]).encode()).hexdigest()[:16]


def _read_last() -> dict[str, str]:
    try:
        return {str(chunk): str(name) for chunk, name in json.loads(LAST.read_text()).items()}
    except (OSError, ValueError, AttributeError):
        return {}
