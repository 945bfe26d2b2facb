"""Draft the tables of a study from its source: the cohort, the linkage table, or what a simulator makes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.export.cohort.draft_from_studies import draft_cohort_and_linkage
from sonomics.export.cohort.withdrawn import read_forgotten
from sonomics.kinds.sources import SOURCES


@dataclass(frozen=True)
class Drafts:
    """The drafted tables of a study.

    Attributes
    ----------
    tables : dict of str to DataFrame
        Name of a table in `data/` to its rows.
    linkage : DataFrame or None
        None when the source knows pseudonyms only.
    remarks : list of str
        What was left out.
    """

    tables: dict[str, pd.DataFrame]
    linkage: pd.DataFrame | None = None
    remarks: list[str] = field(default_factory=list)


def draft_simulated(params: Parameters, study: Path) -> Drafts:
    """Draft the cohort of a simulated study, the labels that its quality control learns from, and its readers."""
    from sonomics.simulate.cohorts.liver import draft_cohort
    from sonomics.simulate.cohorts.liver_qc_labels import draft_qc_labels
    from sonomics.simulate.cohorts.readers import draft_readings

    settings, seed = params.export.sources()[params.export.source], params.study.seed
    cohort, task = draft_cohort(settings, seed), next(iter(params.study.tasks))
    readings = draft_readings(cohort, task, seed)
    return Drafts({"cohort": cohort, "qc_labels": draft_qc_labels(cohort, seed), "readers": readings})


def draft_from_folder(params: Parameters, study: Path) -> Drafts:
    """Draft the cohort of a study on a folder: pictures that a table lists, or DICOM files."""
    from sonomics.export.cohort.draft_from_table import draft_cohort
    from sonomics.export.files.listing import read_listing

    settings = params.export.sources()[params.export.source]
    if settings.dicom is not None:
        return draft_from_studies(params, study)
    listed = read_listing(settings)
    cohort = draft_cohort(listed, settings.cohort)
    left_out = listed["case"].nunique() - len(cohort)
    return Drafts({"cohort": cohort}, remarks=_count({"cases whose split is not stated": left_out}))


def draft_from_studies(params: Parameters, study: Path) -> Drafts:
    """Draft cohort and linkage table of a study on a PACS or on DICOM files, without patients who withdrew."""
    from sonomics.export.cohort.find_studies import find_studies
    from sonomics.export.deidentify.linkage import linkage_path
    from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key

    linkage_path(study)
    pseudonyms = Pseudonyms(read_key())
    listed, left_out = find_studies(params.export)
    identified = [exam for exam in listed if exam.patient_id]
    forgotten = read_forgotten(study)
    staying = [exam for exam in identified if pseudonyms.case(exam.patient_id) not in forgotten]
    dated = {exam.patient_id for exam in staying if exam.day}
    undated = sum(exam.patient_id not in dated for exam in staying)
    source = params.export.source
    studies = SOURCES.get(source).require_studies(params.export.sources()[source])
    cohort, linkage = draft_cohort_and_linkage(staying, studies.cohort, params.study, pseudonyms)
    remarks = _count(
        {
            "exams without a patient identifier": len(listed) - len(identified),
            "exams of patients who withdrew": len(identified) - len(staying),
            "exams of patients without any date": undated,
            "exams of patients first seen before the first split": len(staying) - undated - len(linkage),
        }
    )
    return Drafts({"cohort": cohort}, linkage, _list_files(left_out, study) + remarks)


def _list_files(left_out: list[tuple[str, str]], study: Path) -> list[str]:
    """List the files of a folder that are left out where nobody else can read, and count them."""
    from sonomics.export.files.left_out import LEFT_OUT, count_reasons, write_left_out

    if not left_out:
        (study / LEFT_OUT).unlink(missing_ok=True)
        return []
    write_left_out(left_out, study / LEFT_OUT)
    return [f"left out {counted}" for counted in count_reasons(left_out)] + [f"{LEFT_OUT} names these files"]


def _count(left_out: Mapping[str, int]) -> list[str]:
    return [f"left out {count} {what}" for what, count in left_out.items() if count]
