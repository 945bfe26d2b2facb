"""Count the features left after each step, for `dvc metrics` and the report."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sonomics.core.files import replacing, write_metrics
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.schemas import FOLDS
from sonomics.core.tables import read_table


def main(argv: Sequence[str] | None = None) -> None:
    """Gather steps.csv of every variant, family, task and fold (named by its folders)."""
    parser = job_parser(__doc__)
    parser.add_argument("--steps", type=Path, nargs="+", required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args(argv)
    tables = []
    for path in args.steps:
        variant, family, task, fold = path.parts[-5:-1]
        about = {"variant": variant, "family": family, "task": task, "fold": fold}
        tables.append(pd.read_csv(path, keep_default_na=False).assign(**about))
    steps = pd.concat(tables, ignore_index=True)
    last = steps.groupby(["variant", "family", "task", "fold"], sort=False).tail(1)
    metrics: dict[str, dict[str, dict[str, dict[str, float]]]] = {}
    for (variant, task, family), group in last.groupby(["variant", "task", "family"]):
        inside = group[group["fold"] != "all"]["out"]
        final = group[group["fold"] == "all"]["out"]
        kept = {"kept": int(final.iloc[0]), "kept_in_folds": float(inside.mean())}
        metrics.setdefault(str(variant), {}).setdefault(str(task), {})[str(family)] = kept
    sizes = read_table(args.folds, FOLDS)["fold"].value_counts().sort_index()
    write_metrics(args.metrics, {"features": metrics, "patients_in_fold": sizes.to_dict()})
    with replacing(args.plots) as temporary:
        temporary.mkdir()
        main_run = steps[(steps["variant"] == "main") & (steps["fold"] == "all")]
        counts = main_run.assign(family_step=main_run["family"] + " " + main_run["step"])
        counts[["family_step", "out"]].to_csv(temporary / "steps.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    run_job(main)
