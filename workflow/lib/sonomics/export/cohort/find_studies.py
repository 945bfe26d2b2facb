"""List the exams that the study's source has, a PACS or a folder of DICOM files."""

from contextlib import closing
from dataclasses import replace
from functools import partial

from sonomics.core.errors import StudyError
from sonomics.core.settings.export import Export
from sonomics.export.files.dicom_folder import open_dicom_folder
from sonomics.export.pacs.merged import read_merged
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
        When the PACS refuses the connection, stays down or answers wrongly, or two patients may share an identifier.
    """
    source = export.source
    kind, settings = SOURCES.get(source), export.sources()[source]
    criteria = read_criteria(kind.require_studies(settings).query)
    if not kind.is_server:
        folder = open_dicom_folder(settings, export.limits)
        studies = folder.find_studies(criteria)
        _require_one_issuer(studies, f"params.yaml, export.{source}.dicom")
        return sorted(studies, key=_by_patient), folder.left_out
    merged = read_merged(settings.merged)
    criteria = replace(criteria, issuer=settings.issuer)
    with closing(kind.load_client()(settings)) as pacs:
        policy = read_retry_policy(settings)
        try:
            retry(pacs.check, policy, "the PACS")
            studies = retry(partial(pacs.find_studies, criteria), policy, "query")
        except PacsError as error:
            where = f"params.yaml, export.{source}"
            raise StudyError(where, f"{error.fault.value}: {error.rule}", error.fix) from None
    _require_one_issuer(studies, f"params.yaml, export.{source}")
    in_use = [replace(study, patient_id=merged.in_use(study.patient_id)) for study in studies]
    return sorted(in_use, key=_by_patient), []


def _require_one_issuer(studies: list[Study], where: str) -> None:
    issuers: dict[str, set[str]] = {}
    for exam in studies:
        issuers.setdefault(exam.patient_id, set()).add(exam.issuer)
    if shared := sum(len(of_patient - {""}) > 1 for of_patient in issuers.values()):
        rule = f"{shared} patient identifiers come from more than one issuer, so that two persons may share one"
        raise StudyError(where, rule, "state the hospital's as `issuer`")


def _by_patient(study: Study) -> tuple[str, str, str]:
    return study.patient_id, study.date, study.uid
