"""Draft cohort and linkage table from the studies of a PACS or of a folder of DICOM files."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.settings import study as settings_of
from sonomics.core.tasks import label_columns
from sonomics.export.deidentify.linkage import ISSUER, TABLE
from sonomics.export.deidentify.pseudonyms import Pseudonyms
from sonomics.export.pacs.protocol import Study
from sonomics.kinds.pacs import DraftedCohort

UNDATED = "9"  # after all dates


def draft_cohort_and_linkage(
    studies: Sequence[Study], settings: DraftedCohort, study: settings_of.Study, pseudonyms: Pseudonyms
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draft cohort and linkage table: a case is a patient, exams are numbered by date.

    Parameters
    ----------
    studies : sequence of Study
    settings : DraftedCohort
        `export.<source>.cohort` of params: `centre`, and `split`: name -> first day YYYY-MM-DD. A patient belongs to
        the split of the first exam, by its true date, with all exams; exams without a date come last.
    study : Study of core.settings
        The `study` section: its tasks and clinical columns become empty columns to fill in.
    pseudonyms : Pseudonyms

    Returns
    -------
    cohort, linkage : DataFrame of str
        Sorted by case. Patients whose first exam comes before every split, or without any date, are in neither.

    Raises
    ------
    StudyError
        When two patients get the same pseudonym, as two of 2**25 would.
    """
    labels = [column for task in study.tasks.values() for column in label_columns(task)]
    empty = dict.fromkeys([*labels, *study.clinical], "")
    patients: dict[str, list[Study]] = {}
    for exam in sorted(studies, key=lambda exam: (exam.day or UNDATED, exam.time, exam.uid)):
        patients.setdefault(exam.patient_id, []).append(exam)
    cohort, linkage = [], []
    for patient_id, exams in patients.items():
        if split := find_split(exams[0].day, settings.split):
            case = pseudonyms.case(patient_id)
            cohort.append({"patient": case, "case": case, "centre": settings.centre, "split": split, **empty})
            linkage += [_make_linkage_row(case, exam, number) for number, exam in enumerate(exams, start=1)]
    drafted = pd.DataFrame(cohort, columns=["patient", "case", "centre", "split", *empty])
    if drafted["case"].duplicated().any():
        raise StudyError("the key of the study", "it gives two patients the same pseudonym", "make another key")
    columns = [*TABLE.columns, ISSUER]
    return (
        drafted.sort_values("case", ignore_index=True),
        pd.DataFrame(linkage, columns=columns).sort_values(["case", "exam"], ignore_index=True),
    )


def find_split(date: str, split: Mapping[str, str]) -> str:
    """Find the split of a patient first seen on a day YYYYMMDD; "" before the first split or without a date.

    Raises
    ------
    StudyError
        When two splits begin on the same day.
    """
    starts = sorted((first.replace("-", ""), name) for name, first in split.items())
    for (one, name), (other, following) in pairwise(starts):
        if one == other:
            raise StudyError("params.yaml, split", f"{name} and {following} begin on the same day", "change one")
    begun = [name for first, name in starts if date and first <= date]
    return begun[-1] if begun else ""


def _make_linkage_row(case: str, exam: Study, number: int) -> dict[str, str]:
    return {
        "case": case,
        "patient_id": exam.patient_id,
        "study_uid": exam.uid,
        "accession": exam.accession,
        "exam": f"e{number}",
        "date": exam.day,
        ISSUER: exam.issuer,
    }
