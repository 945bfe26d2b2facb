"""List the exams that the study's source has, a PACS or a folder of DICOM files."""

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from sonomics.core.errors import StudyError
from sonomics.export.files.dicom_folder import DicomFolder
from sonomics.export.files.listing import open_root
from sonomics.export.pacs.dicomweb import DicomWeb
from sonomics.export.pacs.dimse import Dimse
from sonomics.export.pacs.protocol import Pacs, PacsError, Study, read_criteria
from sonomics.export.pacs.transfer import read_retry_policy, retry

SERVERS: dict[str, Callable[[Mapping[str, Any]], Pacs]] = {"dicomweb": DicomWeb, "dimse": Dimse}


def section_of(export: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the section of `export` that holds `query` and `cohort` of its source."""
    section: Mapping[str, Any] = export[export["source"]]
    return section if export["source"] in SERVERS else section["dicom"]


def find_studies(export: Mapping[str, Any]) -> tuple[list[Study], int]:
    """List the studies of a PACS or a folder of DICOM files that meet the criteria of the study.

    Parameters
    ----------
    export : mapping
        The `export` section of params.

    Returns
    -------
    studies, others : list of Study, int
        Sorted; and the number of files of a folder that are not DICOM.

    Raises
    ------
    StudyError
        When the PACS refuses the connection, stays down or answers wrongly.
    """
    source = export["source"]
    criteria = read_criteria(section_of(export).get("query", {}))
    if source not in SERVERS:
        folder = DicomFolder(open_root(export[source]))
        return sorted(folder.find_studies(criteria), key=_by_patient), folder.others
    settings = export[source]
    with closing(SERVERS[source](settings)) as pacs:
        policy = read_retry_policy(settings)
        try:
            retry(pacs.check, policy, "the PACS")
            studies = retry(partial(pacs.find_studies, criteria), policy, "query")
        except PacsError as error:
            where = f"params.yaml, export.{source}"
            raise StudyError(where, f"{error.fault.value}: {error.rule}", error.fix) from None
    return sorted(studies, key=_by_patient), 0


def _by_patient(study: Study) -> tuple[str, str, str]:
    return study.patient_id, study.date, study.uid
