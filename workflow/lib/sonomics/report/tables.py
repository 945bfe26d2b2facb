"""The tables of the page, as captions, headings and cells."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from sonomics.report.evaluations import Evaluation
from sonomics.report.numbers import NOT_ESTIMABLE, Cell, decimal, estimate_cell, interval, p_value

MEASURES = {
    "auc": "AUC",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
    "accuracy": "Accuracy",
}
FURTHER = {
    "brier": "Brier score",
    "calibration_intercept": "Calibration intercept",
    "calibration_slope": "Calibration slope",
    "ici": "ICI",
    "f1": "F1",
    "mcc": "MCC",
    "kappa": "Kappa",
}
COUNTS = ("tp", "fp", "tn", "fn")


@dataclass(frozen=True)
class Table:
    """A table for the page: the first cell of every row is its heading."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str = ""


def performance_table(evaluation: Evaluation, split: str) -> Table:
    """Discrimination and the frozen threshold's measures: one row a model."""
    rows = []
    for model in evaluation.models:
        cells = [estimate_cell(evaluation.statistic(model, split, name)) for name in MEASURES]
        rows.append([Cell(model), *cells])
    counts = evaluation.statistic(evaluation.primary, split, "auc")
    caption = (
        f"{evaluation.splits[split]}: {counts['n']:.0f} {counts['unit']}s with a known label, "
        f"{counts['positives']:.0f} of them positive"
    )
    note = f"AUC: {counts['method']} interval. Others at the threshold frozen on training: Wilson interval."
    return Table(caption, ["Model", *MEASURES.values()], rows, note)


def further_table(evaluation: Evaluation, split: str) -> Table:
    """Calibration, agreement and the counts behind them: one row a model."""
    rows = []
    for model in evaluation.models:
        cells = [estimate_cell(evaluation.statistic(model, split, name)) for name in FURTHER]
        counts = [evaluation.statistic(model, split, name)["estimate"] for name in COUNTS]
        threshold = evaluation.statistic(model, split, "threshold")["estimate"]
        rows.append([Cell(model), *cells, Cell(" / ".join(decimal(n, 0) for n in counts)), Cell(decimal(threshold, 3))])
    caption = f"{evaluation.splits[split]}: calibration, agreement, counts"
    note = "Ideal: intercept 0, slope 1, ICI 0. TP / FP / TN / FN: cases at or above the threshold are called positive."
    return Table(caption, ["Model", *FURTHER.values(), "TP / FP / TN / FN", "Threshold"], rows, note)


def comparison_table(evaluation: Evaluation) -> Table:
    """The primary model's AUC against every other's."""
    table = evaluation.tables["comparison"]
    rows = [
        [
            Cell(evaluation.splits[row.split]),
            Cell(row.against),
            _difference(row.difference, row.lower, row.upper, row.reason),
            Cell(p_value(row.p), row.reason if math.isnan(row.p) else ""),
            Cell(f"{row.n:.0f}", f"{row.positives:.0f} positive"),
        ]
        for row in table.itertuples()
    ]
    methods = ", ".join(sorted({method for method in table["method"] if method}))
    caption = f"AUC of {evaluation.primary} minus AUC of the other models, on the same cases"
    note = f"{methods}. P values are not adjusted for the number of comparisons."
    return Table(caption, ["Set", "Against", "Difference", "P", "Cases"], rows, note)


def baseline_table(evaluation: Evaluation, section: str, titles: dict[str, str], caption: str, note: str) -> Table:
    """Table 1 of one section: groups side by side, a row a number or level."""
    table = evaluation.tables["baseline"]
    table = table[table["section"] == section]
    groups = [group for group in titles if group in set(table["group"])]
    rows = []
    for variable, of_variable in table.groupby("variable", sort=False):
        tests = of_variable[of_variable["test"] != ""].drop_duplicates("group")
        described = Cell("; ".join(p_value(p) for p in tests["p"]), "; ".join(dict.fromkeys(tests["test"])))
        levels = list(dict.fromkeys(of_variable["level"]))
        for rank, level in enumerate(sorted(levels, key=lambda name: name == "missing")):
            inside = of_variable[of_variable["level"] == level].set_index("group")
            cells = [_described(inside.loc[group]) if group in inside.index else Cell("0") for group in groups]
            name = f"{variable}: {level}" if level else str(variable)
            rows.append([Cell(name), *cells, described if rank == 0 else Cell("")])
    return Table(caption, ["Variable", *(titles[group] for group in groups), "P"], rows, note)


def cox_table(evaluation: Evaluation) -> Table:
    """Hazard ratios of the score and the clinical variables, alone and together, in every set."""
    table = evaluation.tables["cox"]
    rows = []
    for (split, term), both in table.groupby(["split", "term"], sort=False):
        by_analysis = both.set_index("analysis")
        cells = []
        for analysis in ("univariable", "multivariable"):
            row = by_analysis.loc[analysis]
            cells += [_ratio(row), Cell(p_value(row["p"]))]
        alone = by_analysis.loc["univariable"]
        rows.append([Cell(f"{evaluation.splits[str(split)]}: {term}"), *cells, Cell(f"{alone['events']:.0f} / {alone['n']:.0f}")])
    columns = ["Term", "HR alone", "P", "HR adjusted", "P", "Events / cases"]
    note = "Efron's ties; complete cases; the adjusted model has all terms listed and needs five events a term."
    return Table("Cox regression of time to the event", columns, rows, note)


def control_table(evaluations: Sequence[Evaluation], expectations: dict[str, str]) -> Table:
    """The primary model's AUC in every variant beside the main run, and beside the planted truth where there is one."""
    main = evaluations[0]
    rows = []
    for evaluation in evaluations:
        cells = [estimate_cell(evaluation.statistic(evaluation.primary, split, "auc")) for split in main.splits]
        rows.append([Cell(evaluation.variant), *cells, Cell(expectations[evaluation.variant])])
    if "best_possible" in set(main.tables["performance"]["statistic"]):
        best = [main.statistic(main.primary, split, "best_possible") for split in main.splits]
        share = [main.statistic(main.primary, split, "share_of_best")["estimate"] for split in main.splits]
        cells = [Cell(decimal(row["estimate"]), f"reached: {decimal(100 * part, 0)} %") for row, part in zip(best, share, strict=True)]
        rows.append([Cell("best possible"), *cells, Cell("the planted risk itself as score")])
    caption = f"AUC of {main.primary} in the main run, its controls and at best"
    note = "Reached: (AUC − 0.5) / (best possible AUC − 0.5) of the main run; chance may carry it over 100 %."
    return Table(caption, ["Run", *main.splits.values(), "What it is"], rows, note)


def steps_table(family: str, steps: Sequence[dict[str, object]]) -> Table:
    """How many features each step of the selection left."""
    rows = [[Cell(str(s["step"])), Cell(str(s["in"])), Cell(str(s["out"])), Cell(str(s.get("note", "")))] for s in steps]
    return Table(f"{family}: features before and after each step, on all training cases", ["Step", "Before", "After", "Note"], rows)


def _difference(difference: float, lower: float, upper: float, reason: str) -> Cell:
    if math.isnan(difference):
        return Cell(NOT_ESTIMABLE, reason)
    return Cell(decimal(difference), interval(lower, upper))


def _ratio(row: pd.Series) -> Cell:
    if math.isnan(row["hr"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return Cell(decimal(row["hr"]), interval(row["lower"], row["upper"]))


def _described(row: pd.Series) -> Cell:
    if row["level"]:
        return Cell(f"{row['count']:.0f}", "" if math.isnan(row["percent"]) else f"{row['percent']:.0f} %")
    missing = f"; {row['missing']:.0f} missing" if row["missing"] else ""
    median = f"median {decimal(row['median'], 1)} ({decimal(row['q1'], 1)} to {decimal(row['q3'], 1)}){missing}"
    return Cell(f"{decimal(row['mean'], 1)} ({decimal(row['sd'], 1)})", median)
