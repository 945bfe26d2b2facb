"""Count the features left after each step, for `dvc metrics` and the report."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.files import replacing, write_metrics
from sonomics.core.folds import ALL
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN
from sonomics.core.schemas import FOLDS
from sonomics.core.tables import read_table

RUN = ["variant", "family", "task", "fold"]


def main(argv: Sequence[str] | None = None) -> None:
    """Gather the counts of the steps of every variant, family, task and fold."""
    parser = job_parser(__doc__)
    parser.add_argument("--steps", nargs=5, action="append", required=True, metavar=(*map(str.upper, RUN), "FILE"))
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--schemes", nargs="+", required=True, help="schemes of the folds, that of the main run first")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args(argv)
    steps = read_steps(args.steps)
    sizes = count_patients(read_table(args.folds, FOLDS), args.schemes)
    write_metrics(args.metrics, {"features": count_kept(steps), **sizes})
    with replacing(args.plots) as temporary:
        temporary.mkdir()
        of_main = steps[(steps["variant"] == MAIN) & (steps["fold"] == ALL)]
        counts = of_main.assign(family_step=of_main["family"] + " " + of_main["step"])
        counts[["family_step", "out"]].to_csv(temporary / "steps.csv", index=False, lineterminator="\n")


def read_steps(tables: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Read the counts of the steps, each table given as the identifiers of its run and its file."""
    frames = [
        pd.read_csv(file, keep_default_na=False).assign(**dict(zip(RUN, run, strict=True))) for *run, file in tables
    ]
    return pd.concat(frames, ignore_index=True)


def count_patients(folds: pd.DataFrame, schemes: Sequence[str]) -> dict[str, dict[Any, Any]]:
    """Count the patients of every fold.

    Parameters
    ----------
    folds : DataFrame
        Schema FOLDS.
    schemes : sequence of str
        Those of the runs, that of the main run first.

    Returns
    -------
    dict
        `patients_in_fold` of the main run, and `patients_in_fold_of` of the other schemes where there are any.
    """
    sizes = {scheme: folds[scheme].value_counts().sort_index().to_dict() for scheme in schemes}
    others = {scheme: sizes[scheme] for scheme in schemes[1:]}
    return {"patients_in_fold": sizes[schemes[0]], **({"patients_in_fold_of": others} if others else {})}


def count_kept(steps: pd.DataFrame) -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    """Count the features that the last step leaves: of the whole training set, and on average of the folds.

    Returns
    -------
    dict
        Variant -> task -> family -> `kept` and `kept_in_folds`.
    """
    last = steps.groupby(RUN, sort=False).tail(1)
    counts: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for (variant, task, family), group in last.groupby(["variant", "task", "family"]):
        of_folds = group[group["fold"] != ALL]["out"]
        of_all = group[group["fold"] == ALL]["out"]
        kept = {"kept": int(of_all.iloc[0]), "kept_in_folds": float(of_folds.mean())}
        counts.setdefault(str(variant), {}).setdefault(str(task), {})[str(family)] = kept
    return counts


if __name__ == "__main__":
    run_job(main)
