"""Give the out-of-fold AUC of every model, fold by fold, the networks' training curves and their maps' overlap."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.files import replacing, write_metrics
from sonomics.core.folds import read_folds
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import overlaid
from sonomics.core.schemas import MAPS, PREDICTIONS, TRAIN
from sonomics.core.tables import read_tables
from sonomics.statistics.discrimination.auc import auc


def fold_aucs(predictions: pd.DataFrame) -> dict[str, Any]:
    """Compute the AUC of the held-out cases of each fold.

    Parameters
    ----------
    predictions : DataFrame
        Out-of-fold predictions of one model, with `label` (float, NaN when unknown); several images of a case are
        averaged.

    Returns
    -------
    dict
        `mean` and `sd` over the folds where it is estimable, and how many those are.
    """
    known = predictions.dropna(subset=["label"])
    cases = known.groupby(["fold", "case"])[["label", "value"]].mean()
    aucs = pd.Series({fold: auc(rows["label"], rows["value"]) for fold, rows in cases.groupby("fold")}, dtype=float)
    return {"mean": aucs.mean(), "sd": aucs.std(), "folds": int(aucs.notna().sum())}


def overlaps(maps: pd.DataFrame) -> dict[str, Any]:
    """Sum up how the maps of one model lie on the outlines.

    Parameters
    ----------
    maps : DataFrame
        As `MAPS`.

    Returns
    -------
    dict
        How many images have a map and how many have none, and the medians over those that have.
    """
    drawn = maps[maps["file"] != ""]
    return {
        "images": len(drawn),
        "without": len(maps) - len(drawn),
        "dice": drawn["dice"].median(),
        "heat_inside": drawn["heat_inside"].median(),
    }


def main(argv: Sequence[str] | None = None) -> None:
    """Write the metrics and plot tables of `train`."""
    parser = job_parser(__doc__)
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--predictions", type=Path, nargs="+", required=True)
    parser.add_argument("--curves", type=Path, nargs="*", required=True)
    parser.add_argument("--maps", type=Path, nargs="*", required=True)
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args(argv)
    study = args.settings["study"]
    cohort = read_cohort(args.cohort, study)
    folds = read_folds(args.folds)
    predictions = read_tables(args.predictions, PREDICTIONS)
    own = predictions[predictions["split"] == TRAIN]
    metrics: dict[str, dict[str, dict[str, Any]]] = {}
    for (variant, task, model), rows in own.groupby(["variant", "task", "model"]):
        labels = training_labels(cohort, str(task), overlaid(args.settings, str(variant))["study"], folds)
        found = fold_aucs(rows.assign(label=rows["case"].map(labels)))
        metrics.setdefault(str(variant), {}).setdefault(str(task), {})[str(model)] = found
    maps: dict[str, dict[str, dict[str, Any]]] = {}
    for (task, model), rows in read_tables(args.maps, MAPS).groupby(["task", "model"]):
        maps.setdefault(str(task), {})[str(model)] = overlaps(rows)
    write_metrics(args.metrics, {"auc_of_folds": metrics, "maps": maps})
    with replacing(args.plots) as temporary:
        temporary.mkdir()
        gathered = [_curve(path) for path in args.curves]
        columns = ["run", "epoch", "loss"]
        curves = pd.concat(gathered)[columns] if gathered else pd.DataFrame(columns=columns)
        curves.to_csv(temporary / "curves.csv", index=False, lineterminator="\n")


def _curve(path: Path) -> pd.DataFrame:
    variant, model, task, fold = path.parts[-5:-1]
    return pd.read_csv(path).assign(run=f"{variant} {model} {task} fold {fold}")


if __name__ == "__main__":
    run_job(main)
