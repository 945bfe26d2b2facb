"""The `sonomics` command: thin verbs around the workflow."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
import yaml

from sonomics.core.cohort import read_cohort
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing
from sonomics.core.jobs import BAD_STUDY
from sonomics.core.params import check_params
from sonomics.core.schemas import TRAIN
from sonomics.core.tasks import task_labels

SCHEMA = Path(__file__).parents[2] / "schemas" / "params.schema.yaml"

app = typer.Typer(help="Reproducible ultrasound deep-learning radiomics.", no_args_is_help=True, add_completion=False)
Study = Annotated[Path, typer.Option(help="The study directory, with its params.yaml.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what was drafted before.")]


@app.callback()
def verbs() -> None:
    """Reproducible ultrasound deep-learning radiomics."""


@app.command()
def query(study: Study = Path(), force: Force = False) -> None:
    """Draft data/cohort.csv from the study's source."""
    with stopping():
        params = read_params(study)
        drafts = DRAFTS[params["export"]["source"]](params)
        for path, draft in write_drafts(drafts, study / "data", force).items():
            typer.echo(f"drafted {path}: {len(draft)} rows")
        (study / "data" / "outlines").mkdir(exist_ok=True)


@app.command()
def check(study: Study = Path()) -> None:
    """Check params.yaml and data/cohort.csv before any work."""
    with stopping():
        params = read_params(study)
        cohort = read_cohort(study / "data" / "cohort.csv", params["study"])
        sizes = ", ".join(f"{len(rows)} {split}" for split, rows in cohort.groupby("split"))
        typer.echo(f"{params['study']['name']}: {cohort['patient'].nunique()} patients, {len(cohort)} cases ({sizes})")
        training = cohort[cohort["split"] == TRAIN]
        for name, task in params["study"]["tasks"].items():
            labels = task_labels(training, task)
            counts = f"{int(labels.sum())} of {labels.notna().sum()} positive, {labels.isna().sum()} unknown"
            typer.echo(f"{name}, in training: {counts}")


def read_params(study: Path) -> dict[str, Any]:
    """Read and check a study's params.yaml.

    Raises
    ------
    StudyError
        When it is missing or breaks the schema.
    """
    path = study / "params.yaml"
    if not path.exists():
        raise StudyError(str(path), "there is no study here", "run inside a study directory, or name it with --study")
    params: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    check_params(params, yaml.safe_load(SCHEMA.read_text(encoding="utf-8")), str(path))
    return params


def simulated_drafts(params: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Draft the cohort of a simulated study, and the labels that its quality control learns from."""
    from sonomics.simulate.cohort import draft_cohort
    from sonomics.simulate.qc_labels import draft_qc_labels

    settings, seed = params["export"]["simulator"], params["study"]["seed"]
    cohort = draft_cohort(settings, seed)
    return {"cohort": cohort, "qc_labels": draft_qc_labels(cohort, seed)}


def folder_drafts(params: dict[str, Any]) -> dict[str, pd.DataFrame]:
    """Draft the cohort of a study on a folder of images."""
    from sonomics.export.draft import draft_cohort
    from sonomics.export.table import read_listing

    settings = params["export"]["folder"]
    listed = read_listing(settings)
    cohort = draft_cohort(listed, settings["cohort"])
    if left_out := listed["case"].nunique() - len(cohort):
        typer.echo(f"left out {left_out} cases whose split is not stated")
    return {"cohort": cohort}


DRAFTS = {"simulator": simulated_drafts, "folder": folder_drafts}


def write_drafts(drafts: Mapping[str, pd.DataFrame], folder: Path, force: bool) -> dict[Path, pd.DataFrame]:
    """Write drafted tables, all or none.

    Raises
    ------
    StudyError
        When one is there already and `force` is not given: people edit drafts.
    """
    tables = {folder / f"{name}.csv": draft for name, draft in drafts.items()}
    for path in tables:
        if path.exists() and not force:
            raise StudyError(str(path), "it is there already", "keep it, or draft it anew with --force")
    for path, draft in tables.items():
        with replacing(path) as temporary:
            draft.to_csv(temporary, index=False, lineterminator="\n")
    return tables


@contextmanager
def stopping() -> Iterator[None]:
    """Turn a bad study into one line and exit code 2."""
    try:
        yield
    except StudyError as error:
        print(f"study stopped: {error}", file=sys.stderr)
        raise typer.Exit(BAD_STUDY) from None


if __name__ == "__main__":
    app()
