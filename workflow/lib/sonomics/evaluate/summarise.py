"""Gather the headline figures of all evaluations, and the main curves for `dvc plots`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from sonomics.core.files import replacing, write_metrics
from sonomics.core.jobs import job_parser, run_job
from sonomics.core.params import MAIN, deals_labels
from sonomics.core.settings.parameters import Parameters
from sonomics.evaluate.accuracy.curves import SMOOTHED
from sonomics.evaluate.robustness.shuffled_labels import average_permutations
from sonomics.evaluate.samples.models import BEST_POSSIBLE

STATISTICS = ("sensitivity", "specificity", "brier")
CURVES = {
    "roc": ["model_split", "fpr", "tpr"],
    "calibration": ["model_split", "predicted", "observed"],
    "decision": ["model_split", "threshold", "net_benefit", "treat_all"],
}
OF_CLASSES = ("accuracy", "kappa", "brier")


def primary_figures(performance: pd.DataFrame, primary: str) -> dict[str, Any]:
    """Reduce a table of performance to `{split: {auc, auc_lower, auc_upper, n, ...}}` of the primary model.

    A binary task has `STATISTICS` too, several classes `OF_CLASSES`; of a survival task the AUC is Harrell's C.
    """
    result: dict[str, Any] = {}
    for split, rows in performance[performance["model"] == primary].groupby("split", sort=False):
        by_name = rows.set_index("statistic")
        area = by_name.loc["auc"]
        figures = {"auc": area["estimate"], "auc_lower": area["lower"], "auc_upper": area["upper"], "n": int(area["n"])}
        of_kind = STATISTICS if set(STATISTICS) <= set(by_name.index) else OF_CLASSES
        named = [name for name in of_kind if name in by_name.index]
        result[str(split)] = figures | {name: by_name.loc[name, "estimate"] for name in named}
    return result


def aucs_of_others(performance: pd.DataFrame, primary: str) -> dict[str, dict[str, float]]:
    """Reduce a table of performance to `{model: {split: AUC}}` of all models but the primary one."""
    rows = performance[(performance["statistic"] == "auc") & (performance["model"] != primary)]
    return {
        str(model): dict(zip(of_model["split"], of_model["estimate"], strict=True))
        for model, of_model in rows.groupby("model", sort=False)
    }


def best_possible(performance: pd.DataFrame, primary: str) -> dict[str, float]:
    """Reduce a table of performance to the simulated risk's AUC per split, on the primary model's cases."""
    rows = performance[(performance["statistic"] == BEST_POSSIBLE) & (performance["model"] == primary)]
    return dict(zip(rows["split"], rows["estimate"], strict=True))


def curves_for_plots(folder: Path, primary: str) -> dict[str, pd.DataFrame]:
    """Read the curves of one evaluation in the form `dvc plots` draws: one line per value of `model_split`."""
    tables = {name: pd.read_csv(folder / f"{name}.csv") for name in ("roc", "calibration", "decision")}
    for name, table in tables.items():
        tables[name] = table.assign(model_split=table["model"] + " " + table["split"])
    calibration, decision = (tables[name][tables[name]["model"] == primary] for name in ("calibration", "decision"))
    smooth = calibration[calibration["kind"] == SMOOTHED]
    of_plots = {"roc": tables["roc"], "calibration": smooth, "decision": decision}
    return {name: table[CURVES[name]] for name, table in of_plots.items()}


def has_curves(folder: Path) -> bool:
    """Tell whether an evaluation has curves: that of a binary task."""
    return all((folder / f"{name}.csv").exists() for name in CURVES)


def gather(folders: Mapping[tuple[str, str], Path], parameters: Parameters) -> dict[str, Any]:
    """Read all evaluations into the metrics of the phase, kept short for `dvc metrics show`.

    Parameters
    ----------
    folders : mapping of (str, str) to Path
        Variant and task to the folder of their evaluation.
    parameters : Parameters
        With `study.variants`, `study.tasks` and `evaluate`.

    Returns
    -------
    dict
        `{variant: {task: {split: figures of the primary model}}}`, of the main run `auc_of_others`
        (`{task: {model: {split: AUC}}}`) and, where it is known, `best_possible` (`{task: {split: AUC}}`), and with
        three variants or more that permute labels `over_deals` (as `average_permutations` returns it).
    """
    tasks, level = parameters.study.tasks, parameters.evaluate.level
    metrics: dict[str, Any] = {}
    others: dict[str, Any] = {}
    best: dict[str, Any] = {}
    for (variant, task), folder in folders.items():
        table = pd.read_csv(folder / "performance.csv")
        primary = parameters.evaluate.primary_of(task, tasks[task])
        metrics.setdefault(variant, {})[task] = primary_figures(table, primary)
        if variant == MAIN:
            others[task] = aucs_of_others(table, primary)
            best[task] = best_possible(table, primary)
    params = parameters.plain()
    permuting = [variant for variant in parameters.study.variants if deals_labels(params, variant)]
    averages = average_permutations(metrics, permuting, level)
    further = {"auc_of_others": others, BEST_POSSIBLE: best, "over_deals": averages}
    return metrics | {name: figures for name, figures in further.items() if any(figures.values())}


def main(argv: Sequence[str] | None = None) -> None:
    """Read the folders of all variants and tasks."""
    parser = job_parser(__doc__)
    parser.add_argument("--evaluations", type=Path, nargs="+", required=True, help="folders of evaluate_task")
    parser.add_argument("--variants", nargs="+", required=True, help="one variant per folder of --evaluations")
    parser.add_argument("--tasks", nargs="+", required=True, help="one task per folder of --evaluations")
    parser.add_argument("--metrics", type=Path, required=True)
    parser.add_argument("--plots", type=Path, required=True)
    args = parser.parse_args(argv)
    folders = dict(zip(zip(args.variants, args.tasks, strict=True), args.evaluations, strict=True))
    write_metrics(args.metrics, gather(folders, args.settings))
    drawn = [(task, folder) for (variant, task), folder in folders.items() if variant == MAIN and has_curves(folder)]
    with replacing(args.plots) as plots:
        plots.mkdir()
        curves: dict[str, pd.DataFrame] = {name: pd.DataFrame(columns=columns) for name, columns in CURVES.items()}
        for task, folder in drawn[:1]:
            curves = curves_for_plots(folder, args.settings.evaluate.primary_of(task, args.settings.study.tasks[task]))
        for name, table in curves.items():
            table.to_csv(plots / f"{name}.csv", index=False, lineterminator="\n", float_format="%.4f")


if __name__ == "__main__":
    run_job(main)
