"""Ask the study's source, whatever it is, which exams it has."""

from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import Any

from sonomics.core.errors import StudyError
from sonomics.export.files.dicom_folder import DicomFolder
from sonomics.export.files.listing import root_of
from sonomics.export.pacs.dicomweb import DicomWeb
from sonomics.export.pacs.dimse import Dimse
from sonomics.export.pacs.protocol import Pacs, PacsError, Study, criteria_of
from sonomics.export.pacs.transfer import patience_of, persist

SERVERS: dict[str, Callable[[Mapping[str, Any]], Pacs]] = {"dicomweb": DicomWeb, "dimse": Dimse}


def section_of(export: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the section of `export` that holds `query` and `cohort` of its source."""
    section: Mapping[str, Any] = export[export["source"]]
    return section if export["source"] in SERVERS else section["dicom"]


def find_studies(export: Mapping[str, Any]) -> tuple[list[Study], int]:
    """List the studies that a PACS or a folder of DICOM files has and the study wants.

    Parameters
    ----------
    export : mapping
        The `export` section of params.

    Returns
    -------
    studies, others : list of Study, int
        Sorted; and the number of files of a folder that are no DICOM.

    Raises
    ------
    StudyError
        When the PACS refuses us, stays down or answers wrongly.
    """
    source = export["source"]
    criteria = criteria_of(section_of(export).get("query", {}))
    if source not in SERVERS:
        folder = DicomFolder(root_of(export[source]))
        return sorted(folder.find_studies(criteria), key=_by_patient), folder.others
    settings = export[source]
    with closing(SERVERS[source](settings)) as pacs:
        patience = patience_of(settings)
        try:
            persist(pacs.check, patience, "the PACS")
            found = persist(partial(pacs.find_studies, criteria), patience, "query")
        except PacsError as error:
            where = f"params.yaml, export.{source}"
            raise StudyError(where, f"{error.fault.value}: {error.rule}", error.mend) from None
    return sorted(found, key=_by_patient), 0


def _by_patient(study: Study) -> tuple[str, str, str]:
    return study.patient_id, study.date, study.uid
