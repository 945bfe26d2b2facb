"""The section on a borderline class."""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonomics.report.elements.numbers import Cell, decimal, estimate_cell, interval
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

STATISTICS = {
    "auc_borderline_vs_negative": "AUC against negative",
    "auc_positive_vs_borderline": "AUC of positive against it",
    "called_positive": "Called positive",
    "auc_as_positive": "AUC, it as positive",
    "auc_as_negative": "AUC, it as negative",
    "auc_left_out": "AUC, it left out",
}


def borderline_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Say how models treat the borderline class; None when the study names none."""
    if "borderline" not in evaluation.tables:
        return None
    named, table = params["evaluate"]["borderline"], evaluation.tables["borderline"]
    design = (
        f"Cases with {named['column']} = {named['value']} are a class of their own here, whatever the task's label "
        "says of them: held against the negative and the positive cases, and counted in the task's AUC in three ways."
    )
    found = [_found(table, evaluation.primary, split, title) for split, title in evaluation.splits.items()]
    tables = [_table(table[table["split"] == split], title) for split, title in evaluation.splits.items()]
    return Section("borderline", "Borderline class", [design, *found], [shown for shown in tables if shown.rows])


def _found(table: pd.DataFrame, model: str, split: str, title: str) -> str:
    rows = table[(table["split"] == split) & (table["model"] == model)].set_index("statistic").to_dict("index")
    called = rows["called_positive"]
    if math.isnan(called["estimate"]):
        return f"{title}: not estimable ({called['reason']})."
    bounds = interval(called["lower"], called["upper"]) or called["reason"]
    share = f"{decimal(called['estimate'])} ({bounds}) of {called['n']:.0f} borderline cases positive"
    return f"{title}: at the frozen threshold {model} calls {share}."


def _table(table: pd.DataFrame, title: str) -> Table:
    rows = []
    for model, inside in table.groupby("model", sort=False):
        by_statistic = {row["statistic"]: row for _, row in inside.iterrows()}
        rows.append([Cell(str(model)), *(estimate_cell(by_statistic[name]) for name in STATISTICS)])
    counts = table.iloc[0] if len(table) else pd.Series({"negatives": 0, "borderline": 0, "positives": 0})
    caption = (
        f"{title}: {counts['borderline']:.0f} borderline, {counts['negatives']:.0f} negative and "
        f"{counts['positives']:.0f} positive cases"
    )
    methods = ", ".join(sorted({method for method in table["method"] if method}))
    return Table(caption, ["Model", *STATISTICS.values()], rows, f"Intervals: {methods}." if methods else "")
