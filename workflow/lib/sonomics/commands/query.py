"""`sonomics query`: a first cohort table from the study's source."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer

from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing

Force = Annotated[bool, typer.Option("--force", help="Replace what was drafted before.")]


def query(study: Study = Path(), force: Force = False) -> None:
    """Draft data/cohort.csv from the study's source."""
    with stopping():
        params = read_params(study)
        drafts = DRAFTS[params["export"]["source"]](params)
        for path, draft in write_drafts(drafts, study / "data", force).items():
            typer.echo(f"drafted {path}: {len(draft)} rows")
        (study / "data" / "outlines").mkdir(exist_ok=True)


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
