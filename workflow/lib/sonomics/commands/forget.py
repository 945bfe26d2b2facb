"""`sonomics forget`: a patient who withdrew leaves no trace in the study."""

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.cohort import read_roster
from sonomics.core.errors import StudyError
from sonomics.export.cohort.withdrawal import Traces, remove_traces
from sonomics.export.cohort.withdrawn import read_forgotten, record_forgotten
from sonomics.export.deidentify.linkage import LINKAGE, linkage_path, read_linkage, write_linkage
from sonomics.export.deidentify.pseudonyms import Pseudonyms, read_key
from sonomics.export.files.header_index import HEADERS
from sonomics.export.files.source_contents import CACHE
from sonomics.export.pacs.original_store import RECEIVED, OriginalStore

COHORT = Path("data", "cohort.csv")
AUDIT = Path("work", "audit")  # a sheet of it shows many patients
AFTERWARDS = """Now run, in the study:
  snakemake -s <engine>/Snakefile --cores all -- results/report.html    every model and figure anew, without the patient
  dvc commit -f && dvc gc --workspace                                   the record, and the old files in DVC's cache
Not touched, for you to see to: the source itself, remotes of DVC, backups, what was sent to others, clinical tables
outside the study, packages for readers (`sonomics reading`, `sonomics label`), and the history of Git, where tables
that were committed keep their pseudonyms."""


def forget(case: Annotated[str, typer.Argument(help="Its pseudonym.")], study: Study = Path()) -> None:
    """Remove a withdrawn patient everywhere in the study, and record that it was done."""
    with stopping():
        read_params(study)
        patient, cases = cases_of(case, study)
        record_forgotten(patient, study)
        forget_originals(cases, study)
        shutil.rmtree(study / AUDIT, ignore_errors=True)
        for file in (HEADERS, CACHE):  # paths and headers of all patients; read again at the next run
            (study / file).unlink(missing_ok=True)
        touched = remove_traces(study, Traces({patient, *cases}))
        for path in touched:
            typer.echo(f"removed from {path}" if (study / path).exists() else f"deleted {path}")
        typer.echo(f"forgot patient {patient}: {', '.join(sorted(cases))}")
        typer.echo(AFTERWARDS)


def cases_of(case: str, study: Path) -> tuple[str, set[str]]:
    """Find the patient of a case, and all cases of that patient.

    Raises
    ------
    StudyError
        When neither cohort nor an earlier withdrawal knows the case.
    """
    roster = read_roster(study / COHORT)
    patients = roster.loc[(roster["case"] == case) | (roster["patient"] == case), "patient"]
    if len(patients):
        patient = str(patients.iloc[0])
        return patient, set(roster.loc[roster["patient"] == patient, "case"])
    if case in read_forgotten(study):
        return case, {case}
    raise StudyError(str(study / COHORT), "there is no such case", "give the pseudonym as the cohort lists it")


def forget_originals(cases: set[str], study: Path) -> None:
    """Delete what was received of some cases, and their rows of the linkage table.

    Raises
    ------
    StudyError
        When originals lie there, but key or linkage table are not at hand to tell whose they are.
    """
    if LINKAGE not in os.environ and not (study / RECEIVED).exists():
        return
    path, pseudonyms = linkage_path(study), Pseudonyms(read_key())
    linkage = read_linkage(path, pseudonyms)
    theirs = linkage["case"].isin(cases)
    for study_uid in linkage.loc[theirs, "study_uid"]:
        shutil.rmtree(OriginalStore(study / RECEIVED, study_uid, pseudonyms).folder, ignore_errors=True)
    if theirs.any():
        write_linkage(linkage[~theirs], path)
