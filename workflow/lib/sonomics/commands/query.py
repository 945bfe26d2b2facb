"""`sonomics query`: a first cohort table from the study's source."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from sonomics.commands.clinical import with_clinical, write_clinical
from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.errors import StudyError
from sonomics.core.files import replacing
from sonomics.kinds.sources import SOURCES

if TYPE_CHECKING:
    from sonomics.export.cohort.drafts import Drafts

Force = Annotated[bool, typer.Option("--force", help="Replace what was drafted before.")]


def query(study: Study = Path(), force: Force = False) -> None:
    """Draft data/cohort.csv from the study's source, and the linkage table where there are identities."""
    with stopping():
        params = read_params(study)
        drafts: Drafts = SOURCES.get(params.export.source).load_draft()(params, study)
        for remark in drafts.remarks:
            typer.echo(remark)
        for path, draft in write_drafts(drafts, study, force).items():
            typer.echo(f"drafted {path}: {len(draft)} rows")
        if params.export.clinical is not None:
            write_clinical(
                with_clinical(drafts.tables["cohort"], params.export.clinical, study, params.export.limits), study
            )
        (study / "data" / "outlines").mkdir(exist_ok=True)


def write_drafts(drafts: "Drafts", study: Path, force: bool) -> dict[Path, pd.DataFrame]:
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
