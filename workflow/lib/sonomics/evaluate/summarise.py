"""Gather the headline figures of all evaluations, and the main curves for `dvc plots`."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.files import replacing, write_metrics
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN
from sonomics.evaluate.accuracy.curves import SMOOTHED
from sonomics.evaluate.robustness.shuffled_labels import over_deals
from sonomics.evaluate.samples.models import BEST_POSSIBLE

HEADLINES = ("sensitivity", "specificity", "brier")


def headlines(performance: pd.DataFrame, primary: str) -> dict[str, Any]:
    """Reduce a table of performance to `{split: {auc, auc_lower, auc_upper, n, ...}}` of the primary model."""
    result: dict[str, Any] = {}
    for split, rows in performance[performance["model"] == primary].groupby("split", sort=False):
        by_name = rows.set_index("statistic")
        area = by_name.loc["auc"]
        figures = {"auc": area["estimate"], "auc_lower": area["lower"], "auc_upper": area["upper"], "n": int(area["n"])}
        result[str(split)] = figures | {name: by_name.loc[name, "estimate"] for name in HEADLINES}
    return result


def other_models(performance: pd.DataFrame, primary: str) -> dict[str, dict[str, float]]:
    """Reduce a table of performance to `{model: {split: AUC}}` of all models but the primary one."""
    rows = performance[(performance["statistic"] == "auc") & (performance["model"] != primary)]
    return {
        str(model): dict(zip(inside["split"], inside["estimate"], strict=True))
        for model, inside in rows.groupby("model", sort=False)
    }


def best_possible(performance: pd.DataFrame, primary: str) -> dict[str, float]:
    """Reduce a table of performance to the planted risk's AUC per split, on the primary model's cases."""
    rows = performance[(performance["statistic"] == BEST_POSSIBLE) & (performance["model"] == primary)]
    return dict(zip(rows["split"], rows["estimate"], strict=True))


def curves_for_plots(folder: Path, primary: str) -> dict[str, pd.DataFrame]:
    """Read the curves of one evaluation in the form `dvc plots` draws: one line a value of `model_split`."""
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ("roc", "calibration", "decision")}
    for name, table in tables.items():
        tables[name] = table.assign(model_split=table["model"] + " " + table["split"])
    calibration, decision = (tables[name][tables[name]["model"] == primary] for name in ("calibration", "decision"))
    smooth = calibration[calibration["kind"] == SMOOTHED]
    return {
        "roc": tables["roc"][["model_split", "fpr", "tpr"]],
        "calibration": smooth[["model_split", "predicted", "observed"]],
        "decision": decision[["model_split", "threshold", "net_benefit", "treat_all"]],
    }


def gather(folders: Iterable[Path], params: Mapping[str, Any]) -> dict[str, Any]:
    """Read `.../<variant>/<task>` folders into the metrics of the phase, kept short for `dvc metrics show`.

    Parameters
    ----------
    folders : iterable of Path
    params : mapping
        With `study.variants` and `evaluate`.

    Returns
    -------
    dict
        `{variant: {task: {split: figures of the primary model}}}`, of the main run `auc_of_others`
        (`{task: {model: {split: AUC}}}`) and, where it is known, `best_possible` (`{task: {split: AUC}}`), and with
        three variants or more that deal out labels `over_deals` (as the function of that name returns it).
    """
    primary = params["evaluate"]["primary"]
    metrics: dict[str, Any] = {}
    others: dict[str, Any] = {}
    best: dict[str, Any] = {}
    for folder in folders:
        variant, task = folder.parts[-2:]
        table = pd.read_csv(folder / "performance.csv")
        metrics.setdefault(variant, {})[task] = headlines(table, primary)
        if variant == MAIN:
            others[task] = other_models(table, primary)
            best[task] = best_possible(table, primary)
    beside = {"auc_of_others": others, BEST_POSSIBLE: best, "over_deals": over_deals(metrics, params)}
    return metrics | {name: found for name, found in beside.items() if any(found.values())}


def main(argv: Sequence[str] | None = None) -> None:
    """Read the folders of all variants and tasks."""
    parser = job_parser(__doc__)
    parser.add_argument("--evaluations", type=Path, nargs="+", required=True, help="folders <variant>/<task>")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args(argv)
    primary = args.settings["evaluate"]["primary"]
    write_metrics(args.metrics, gather(args.evaluations, args.settings))
    shown = next(folder for folder in args.evaluations if folder.parts[-2] == MAIN)
    with replacing(args.plots) as plots:
        plots.mkdir()
        for name, table in curves_for_plots(shown, primary).items():
            table.to_csv(plots / f"{name}.csv", index=False, lineterminator="\n", float_format="%.4f")


if __name__ == "__main__":
    run_job(main)
