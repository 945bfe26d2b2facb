"""List the exams that the study's source has, a PACS or a folder of DICOM files."""

from contextlib import closing
from functools import partial

from sonomics.core.errors import StudyError
from sonomics.core.settings.export import Export
from sonomics.export.files.dicom_folder import DicomFolder
from sonomics.export.files.listing import open_root
from sonomics.export.pacs.protocol import PacsError, Study, read_criteria
from sonomics.export.pacs.transfer import read_retry_policy, retry
from sonomics.kinds.sources import SOURCES


def find_studies(export: Export) -> tuple[list[Study], list[tuple[str, str]]]:
    """List the studies of a PACS or a folder of DICOM files that meet the criteria of the study.

    Parameters
    ----------
    export : Export
        The `export` section of params.

    Returns
    -------
    studies, left_out : list of Study, list of (str, str)
        Sorted; and path and reason of the files of a folder that are not used.

    Raises
    ------
    StudyError
        When the PACS refuses the connection, stays down or answers wrongly.
    """
    source = export.source
    kind, settings = SOURCES.get(source), export.sources()[source]
    criteria = read_criteria(kind.require_studies(settings).query)
    if not kind.is_server:
        folder = DicomFolder(open_root(settings), export.limits)
        return sorted(folder.find_studies(criteria), key=_by_patient), folder.left_out
    with closing(kind.load_client()(settings)) as pacs:
        policy = read_retry_policy(settings)
        try:
            retry(pacs.check, policy, "the PACS")
            studies = retry(partial(pacs.find_studies, criteria), policy, "query")
        except PacsError as error:
            where = f"params.yaml, export.{source}"
            raise StudyError(where, f"{error.fault.value}: {error.rule}", error.fix) from None
    return sorted(studies, key=_by_patient), []


def _by_patient(study: Study) -> tuple[str, str, str]:
    return study.patient_id, study.date, study.uid
