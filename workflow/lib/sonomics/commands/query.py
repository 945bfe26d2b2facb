"""`sonomics query`: a first cohort table from the study's source."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sonomics.commands.clinical import with_clinical, write_clinical
from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing
from sonomics.core.settings.parameters import Parameters

Force = Annotated[bool, typer.Option("--force", help="Replace what was drafted before.")]


@dataclass(frozen=True)
class Drafts:
    """What a query drafts.

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


def query(study: Study = Path(), force: Force = False) -> None:
    """Draft data/cohort.csv from the study's source, and the linkage table where there are identities."""
    with stopping():
        params = read_params(study)
        drafts = drafts_of(params.plain(), study)
        for remark in drafts.remarks:
            typer.echo(remark)
        for path, draft in write_drafts(drafts, study, force).items():
            typer.echo(f"drafted {path}: {len(draft)} rows")
        if params.export.clinical is not None:
            write_clinical(with_clinical(drafts.tables["cohort"], params.export.clinical, study), study)
        (study / "data" / "outlines").mkdir(exist_ok=True)


def drafts_of(params: dict[str, Any], study: Path) -> Drafts:
    """Draft the tables of a study from its source."""
    export = params["export"]
    if export["source"] == "simulator":
        return simulated_drafts(params)
    if "table" in export[export["source"]]:
        return listed_drafts(params)
    return found_drafts(params, study)


def simulated_drafts(params: dict[str, Any]) -> Drafts:
    """Draft the cohort of a simulated study, the labels that its quality control learns from, and its readers."""
    from sonomics.simulate.cohorts.liver import draft_cohort
    from sonomics.simulate.cohorts.liver_qc_labels import draft_qc_labels
    from sonomics.simulate.cohorts.readers import draft_readings

    settings, seed = params["export"]["simulator"], params["study"]["seed"]
    cohort, task = draft_cohort(settings, seed), next(iter(params["study"]["tasks"]))
    readings = draft_readings(cohort, task, seed)
    return Drafts({"cohort": cohort, "qc_labels": draft_qc_labels(cohort, seed), "readers": readings})


def listed_drafts(params: dict[str, Any]) -> Drafts:
    """Draft the cohort of a study on a folder of images that a table lists."""
    from sonomics.export.cohort.draft_from_table import draft_cohort
    from sonomics.export.files.listing import read_listing

    settings = params["export"]["folder"]
    listed = read_listing(settings)
    cohort = draft_cohort(listed, settings["cohort"])
    left_out = listed["case"].nunique() - len(cohort)
    return Drafts({"cohort": cohort}, remarks=_counted({"cases whose split is not stated": left_out}))


def found_drafts(params: dict[str, Any], study: Path) -> Drafts:
    """Draft the cohort of a study on a PACS or on DICOM files, without patients who withdrew."""
    from sonomics.export.cohort.draft_from_studies import draft_from_studies
    from sonomics.export.cohort.find_studies import find_studies, section_of
    from sonomics.export.cohort.withdrawn import read_forgotten
    from sonomics.export.deidentify.linkage import linkage_path
    from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key

    linkage_path(study)
    pseudonyms = Pseudonyms(read_key())
    found, others = find_studies(params["export"])
    named = [exam for exam in found if exam.patient_id]
    forgotten = read_forgotten(study)
    staying = [exam for exam in named if pseudonyms.case(exam.patient_id) not in forgotten]
    dated = {exam.patient_id for exam in staying if exam.day}
    undated = sum(exam.patient_id not in dated for exam in staying)
    study_settings = Parameters.partial(params).study
    cohort, linkage = draft_from_studies(staying, section_of(params["export"])["cohort"], study_settings, pseudonyms)
    remarks = _counted(
        {
            "files that are not DICOM": others,
            "exams without a patient identifier": len(found) - len(named),
            "exams of patients who withdrew": len(named) - len(staying),
            "exams of patients without any date": undated,
            "exams of patients first seen before the first split": len(staying) - undated - len(linkage),
        }
    )
    return Drafts({"cohort": cohort}, linkage, remarks)


def write_drafts(drafts: Drafts, study: Path, force: bool) -> dict[Path, pd.DataFrame]:
    """Write drafted tables, all or none.

    Raises
    ------
    StudyError
        When one is there already and `force` is not given: people edit drafts.
    """
    from sonomics.export.deidentify.linkage import linkage_path, write_linkage

    tables = {study / "data" / f"{name}.csv": draft for name, draft in drafts.tables.items()}
    linked = {} if drafts.linkage is None else {linkage_path(study): drafts.linkage}
    for path in [*linked, *tables]:
        if path.exists() and not force:
            raise StudyError(str(path), "it is there already", "keep it, or draft it anew with --force")
    for path, draft in linked.items():
        write_linkage(draft, path)
    for path, draft in tables.items():
        with replacing(path) as temporary:
            draft.to_csv(temporary, index=False, lineterminator="\n")
    return linked | tables


def _counted(left_out: Mapping[str, int]) -> list[str]:
    return [f"left out {count} {what}" for what, count in left_out.items() if count]
