"""`sonomics check`: what is wrong with a study, before any work."""

from pathlib import Path

import typer

from sonomics.commands.study import Study, read_params, stopping
from sonomics.core.cohort import read_cohort
from sonomics.core.schemas import TRAIN
from sonomics.core.tasks import task_labels


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
