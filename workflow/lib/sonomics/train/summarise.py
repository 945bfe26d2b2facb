"""Summarise the training: out-of-fold AUCs of every model, curves and maps of networks, the heaviest features."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.attributions import weigh_features
from sonomics.core.cohort import read_cohort, training_outcomes
from sonomics.core.files import replacing, write_metrics
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.registry import load
from sonomics.core.schemas import ATTRIBUTIONS, MAPS, PREDICTIONS, TRAIN, TRIALS
from sonomics.core.settings.study import Study
from sonomics.core.tables import read_table, read_tables
from sonomics.kinds.tasks import TASKS
from sonomics.train.classifiers.folds import summarise_folds

RUN = ("VARIANT", "MODEL", "TASK", "FOLD", "FILE")
CURVES = ["run", "epoch", "loss"]
# Only networks that choose their epoch have it.
INNER = ["inner_loss"]
HEAVIEST = 5
__all__ = ["main", "summarise_folds"]

Metrics = dict[str, dict[str, dict[str, Any]]]


def main(argv: Sequence[str] | None = None) -> None:
    """Write the metrics and plot tables of `train`."""
    args = parse_arguments(argv)
    aucs = summarise_predictions(args)
    maps: dict[str, dict[str, Any]] = {}
    for (task, model), rows in read_tables(args.maps, MAPS).groupby(["task", "model"]):
        maps.setdefault(str(task), {})[str(model)] = summarise_maps(rows)
    weights: dict[str, dict[str, dict[str, float]]] = {}
    for (task, model), rows in read_tables(args.attributions, ATTRIBUTIONS).groupby(["task", "model"]):
        heaviest = weigh_features(rows).head(HEAVIEST)
        weights.setdefault(str(task), {})[str(model)] = dict(zip(heaviest.index, heaviest, strict=True))
    # Only a study that searches has the key.
    searched = {"searched": summarise_searches(args.trials)} if args.trials else {}
    write_metrics(args.metrics, {"auc_of_folds": aucs, "maps": maps, "weights": weights, **searched})
    with replacing(args.plots) as temporary:
        temporary.mkdir()
        read_curves(args.curve).to_csv(temporary / "curves.csv", index=False, lineterminator="\n")


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument(
        "--scheme", nargs=2, action="append", required=True, metavar=("VARIANT", "SCHEME"), help="folds of a variant"
    )
    parser.add_argument("--predictions", type=Path, nargs="+", required=True)
    parser.add_argument("--curve", nargs=5, action="append", default=[], metavar=RUN, help="curve of a network")
    parser.add_argument("--trials", nargs=5, action="append", default=[], metavar=RUN, help="trials of a search")
    parser.add_argument("--maps", type=Path, nargs="*", required=True)
    parser.add_argument("--attributions", type=Path, nargs="*", required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    return parser.parse_args(argv)


def summarise_predictions(args: argparse.Namespace) -> Metrics:
    """Summarise the AUCs of the folds of every model against the labels that it learned.

    Returns
    -------
    dict
        Variant -> task -> model -> as `summarise_folds`.
    """
    study: Study = args.settings.study
    cohort = read_cohort(args.cohort, study)
    folds = {variant: read_folds(args.folds, scheme) for variant, scheme in args.scheme}
    predictions = read_tables(args.predictions, PREDICTIONS)
    out_of_fold = predictions[predictions["split"] == TRAIN]
    metrics: Metrics = {}
    for (variant, task, model), rows in out_of_fold.groupby(["variant", "task", "model"]):
        seen = study.model_copy(update=study.variants[str(variant)].get("study", {}))
        outcomes = training_outcomes(cohort, str(task), seen, folds[str(variant)])
        stated = study.tasks[str(task)]
        summary = load(TASKS.get(stated.type).learner).summarise(rows, outcomes, stated)
        metrics.setdefault(str(variant), {}).setdefault(str(task), {})[str(model)] = summary
    return metrics


def summarise_maps(maps: pd.DataFrame) -> dict[str, Any]:
    """Summarise how the maps of one model lie on the outlines.

    Parameters
    ----------
    maps : DataFrame
        As `MAPS`.

    Returns
    -------
    dict
        How many images have a map and how many have none, and the medians over those that have one.
    """
    drawn = maps[maps["file"] != ""]
    return {
        "images": len(drawn),
        "without": len(maps) - len(drawn),
        "dice": drawn["dice"].median(),
        "heat_inside": drawn["heat_inside"].median(),
    }


def summarise_searches(tables: Sequence[Sequence[str]]) -> dict[str, Any]:
    """Tell what each search chose, each given as variant, model, task, fold and file.

    Returns
    -------
    dict
        Variant -> task -> model -> fold -> the values `chosen`, the `measure` with its `mean` and `sd` over inner
        folds, and how many `trials` there were and have `failed`.
    """
    found: dict[str, Any] = {}
    for variant, model, task, fold, file in tables:
        trials = read_table(Path(file), TRIALS)
        chosen, first = trials[trials["chosen"]], trials[trials["chosen"]].iloc[0]
        found.setdefault(variant, {}).setdefault(task, {}).setdefault(model, {})[fold] = {
            "chosen": {key: json.loads(value) for key, value in zip(chosen["parameter"], chosen["value"], strict=True)},
            "measure": first["measure"],
            "mean": first["mean"],
            "sd": first["sd"],
            "trials": int(trials["trial"].nunique()),
            "failed": int(trials.loc[trials["state"] == "failed", "trial"].nunique()),
        }
    return found


def read_curves(tables: Sequence[Sequence[str]]) -> pd.DataFrame:
    """Read training curves, each given as variant, model, task, fold and file."""
    curves = [
        pd.read_csv(file).assign(run=f"{variant} {model} {task} fold {fold}")
        for variant, model, task, fold, file in tables
    ]
    if not curves:
        return pd.DataFrame(columns=CURVES)
    table = pd.concat(curves)
    return table[[*CURVES, *(name for name in INNER if name in table)]]


if __name__ == "__main__":
    run_job(main)
