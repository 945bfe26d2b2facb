"""The section on a borderline class."""

import math

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.numbers import format_decimal, format_interval
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table, show_estimate
from sonomics.report.study.evaluation import Evaluation

STATISTICS = {
    "auc_borderline_vs_negative": "AUC, borderline vs negative",
    "auc_positive_vs_borderline": "AUC, positive vs borderline",
    "called_positive": "Borderline called positive",
    "auc_as_positive": "AUC, borderline as positive",
    "auc_as_negative": "AUC, borderline as negative",
    "auc_left_out": "AUC, borderline left out",
}


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on how models treat the borderline class; None when the study names none."""
    borderline = params.evaluate.borderline
    if "borderline" not in evaluation.tables or borderline is None:
        return None
    table = evaluation.tables["borderline"]
    design = (
        f"Cases with {borderline.column} = {borderline.value} are a class of their own here, whatever label the "
        "task gives them: they are compared with the negative and the positive cases, and counted in the task's AUC in "
        "three ways."
    )
    results = [_describe(table, evaluation.primary, split, title) for split, title in evaluation.splits.items()]
    tables = [_tabulate(table[table["split"] == split], title) for split, title in evaluation.splits.items()]
    return Section("borderline", "Borderline class", [design, *results], [shown for shown in tables if shown.rows])


def _describe(table: pd.DataFrame, model: str, split: str, title: str) -> str:
    rows = table[(table["split"] == split) & (table["model"] == model)].set_index("statistic").to_dict("index")
    called = rows["called_positive"]
    if math.isnan(called["estimate"]):
        return f"{title}: not estimable ({called['reason']})."
    interval = format_interval(called["lower"], called["upper"]) or called["reason"]
    share = f"{format_decimal(called['estimate'])} ({interval}) of {called['n']:.0f} borderline cases positive"
    return f"{title}: at the frozen threshold {model} calls {share}."


def _tabulate(table: pd.DataFrame, title: str) -> Table:
    rows = []
    for model, of_model in table.groupby("model", sort=False):
        by_statistic = {row["statistic"]: row for _, row in of_model.iterrows()}
        rows.append([Cell(str(model)), *(show_estimate(by_statistic[name]) for name in STATISTICS)])
    counts = table.iloc[0] if len(table) else pd.Series({"negatives": 0, "borderline": 0, "positives": 0})
    caption = (
        f"{title}: {counts['borderline']:.0f} borderline, {counts['negatives']:.0f} negative and "
        f"{counts['positives']:.0f} positive cases"
    )
    methods = ", ".join(sorted({method for method in table["method"] if method}))
    return Table(caption, ["Model", *STATISTICS.values()], rows, f"Intervals: {methods}." if methods else "")
