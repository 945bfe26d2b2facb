"""The tables of the page, as captions, headings and cells."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, estimate_cell, interval, listed, p_value
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.variants import Pooled

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
    """A table for the page: the first cell of every row is its heading, and `text` names columns of words."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str = ""
    text: tuple[str, ...] = ()


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
    table = evaluation.tables["performance"]
    shares = table[(table["split"] == split) & table["statistic"].isin(list(MEASURES)[1:]) & (table["method"] != "")]
    used = listed(sorted(set(shares["method"])))
    others = f"Others at the threshold frozen on training: {used or 'no'} interval."
    note = f"AUC: {counts['method'] or 'no'} interval. {others}"
    return Table(caption, ["Model", *MEASURES.values()], rows, note)


def auc_table(evaluation: Evaluation) -> Table:
    """The AUC of every model in every set, side by side: one row a model."""
    rows = [
        [Cell(model), *(estimate_cell(evaluation.statistic(model, split, "auc")) for split in evaluation.splits)]
        for model in evaluation.models
    ]
    note = "With confidence interval. Sets are of different sizes: compare models within a set."
    return Table("AUC of every model in every set", ["Model", *evaluation.splits.values()], rows, note)


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
    """The primary model's AUC against every other's: a row a model, a difference and its P for every set."""
    table = evaluation.tables["comparison"]
    rows = []
    for against, inside in table.groupby("against", sort=False):
        by_split = inside.set_index("split").to_dict("index")
        cells = [cell for split in evaluation.splits for cell in _difference(by_split[split])]
        rows.append([Cell(str(against)), *cells])
    headings = [heading for title in evaluation.splits.values() for heading in (title, "P")]
    methods = ", ".join(sorted({method for method in table["method"] if method}))
    caption = f"AUC of {evaluation.primary} minus AUC of the other models, on the same cases"
    note = f"{methods}. Below each P: adjusted for the number of models compared in the set (Holm)."
    return Table(caption, ["Against", *headings], rows, note)


def baseline_table(evaluation: Evaluation, section: str, titles: dict[str, str], caption: str, note: str) -> Table:
    """Table 1 of one section: a row a number or level, a column a group, and a P for every group that is compared."""
    table = evaluation.tables["baseline"]
    table = table[table["section"] == section]
    groups = [group for group in titles if group in set(table["group"])]
    compared = [group for group in groups if group in set(table.loc[table["test"] != "", "group"])]
    rows = []
    for variable, of_variable in table.groupby("variable", sort=False):
        levels = sorted(dict.fromkeys(of_variable["level"]), key=lambda name: name == "missing")
        for rank, level in enumerate(levels):
            inside = of_variable[of_variable["level"] == level].set_index("group")
            cells = [_described(inside.loc[group]) if group in inside.index else Cell("0") for group in groups]
            tests = of_variable.drop_duplicates("group").set_index("group").loc[compared]
            p = [_tested(test) if rank == 0 else Cell("") for _, test in tests.iterrows()]
            name = evaluation.task if variable == "label" else str(variable)
            level = "unknown" if (variable, level) == ("label", "missing") else level
            rows.append([Cell(f"{name}: {level}" if level else name), *cells, *p])
    headings = [f"P, {titles[group]}" if len(compared) > 1 else "P" for group in compared]
    return Table(caption, ["Variable", *(titles[group] for group in groups), *headings], rows, note)


def cox_table(evaluation: Evaluation, split: str) -> Table:
    """Hazard ratios of the score and the clinical variables in one set, alone and together."""
    table = evaluation.tables["cox"]
    table = table[table["split"] == split]
    rows = []
    for term, both in table.groupby("term", sort=False):
        by_analysis = both.set_index("analysis").to_dict("index")
        cells = []
        for analysis in ("univariable", "multivariable"):
            row = by_analysis[analysis]
            cells += [_ratio(row), Cell(p_value(row["p"]))]
        alone = by_analysis["univariable"]
        rows.append([Cell(str(term)), *cells, Cell(f"{alone['events']:.0f} / {alone['n']:.0f}")])
    columns = ["Term", "HR alone", "P", "HR adjusted", "P", "Events / cases"]
    note = "Efron's ties; complete cases; the adjusted model has all terms listed and needs five events a term."
    return Table(f"{evaluation.splits[split]}: Cox regression of time to the event", columns, rows, note)


def control_table(evaluations: Sequence[Evaluation], expectations: dict[str, str], pooled: Pooled) -> Table:
    """The primary model's AUC in every variant beside the main run, and beside the planted truth where there is one.

    `pooled` has, for each split, the mean over all deals of the labels; it is empty where there are too few.
    """
    main = evaluations[0]
    rows = []
    for evaluation in evaluations:
        cells = [estimate_cell(evaluation.statistic(evaluation.primary, split, "auc")) for split in main.splits]
        rows.append([Cell(evaluation.variant), *cells, Cell(expectations[evaluation.variant])])
    if pooled:
        means = [pooled[split] for split in main.splits]
        cells = [Cell(decimal(row["auc"]), interval(row["auc_lower"], row["auc_upper"])) for row in means]
        what = "their mean, with Student's interval over deals; expected 0.50"
        rows.append([Cell(f"{means[0]['deals']:.0f} deals of the labels"), *cells, Cell(what)])
    note = ""
    best_known = "best_possible" in set(main.tables["performance"]["statistic"])
    beside = [*(["in the runs beside it"] if len(rows) > 1 else []), *(["at best"] if best_known else [])]
    if best_known:
        note = "Reached: (AUC − 0.5) / (best possible AUC − 0.5) of the main run; chance may carry it over 100 %."
        best = [main.statistic(main.primary, split, "best_possible") for split in main.splits]
        shares = [main.statistic(main.primary, split, "share_of_best")["estimate"] for split in main.splits]
        reached = [f"reached: {decimal(100 * share, 0)} %" for share in shares]
        cells = [Cell(decimal(row["estimate"]), text) for row, text in zip(best, reached, strict=True)]
        rows.append([Cell("best possible"), *cells, Cell("the planted risk itself as score")])
    caption = f"AUC of {main.primary} {listed(['in the main run', *beside])}"
    return Table(caption, ["Run", *main.splits.values(), "What it is"], rows, note, ("What it is",))


def steps_table(family: str, steps: Sequence[dict[str, object]]) -> Table:
    """How many features each step of the selection left."""
    names = ("step", "in", "out", "note")
    rows = [[Cell(str(step.get(name, ""))) for name in names] for step in steps]
    columns = ["Step", "Before", "After", "Note"]
    return Table(f"{family}: features before and after each step, on all training cases", columns, rows, "", ("Note",))


def _difference(row: Mapping[Hashable, Any]) -> tuple[Cell, Cell]:
    if math.isnan(row["difference"]):
        return Cell(NOT_ESTIMABLE, row["reason"]), Cell(p_value(row["p"]))
    p = Cell(p_value(row["p"]), row["reason"] if math.isnan(row["p"]) else f"Holm {p_value(row['p_holm'])}")
    return Cell(decimal(row["difference"]), interval(row["lower"], row["upper"])), p


def _ratio(row: Mapping[Hashable, Any]) -> Cell:
    if math.isnan(row["hr"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return Cell(decimal(row["hr"]), interval(row["lower"], row["upper"]))


def _tested(row: pd.Series) -> Cell:
    return Cell(p_value(row["p"]), row["reason"] or row["test"])


def _described(row: pd.Series) -> Cell:
    if row["level"]:
        return Cell(f"{row['count']:.0f}", "" if math.isnan(row["percent"]) else f"{row['percent']:.0f} %")
    missing = f"; {row['missing']:.0f} missing" if row["missing"] else ""
    median = f"median {decimal(row['median'], 1)} ({decimal(row['q1'], 1)} to {decimal(row['q3'], 1)}){missing}"
    return Cell(f"{decimal(row['mean'], 1)} ({decimal(row['sd'], 1)})", median)
