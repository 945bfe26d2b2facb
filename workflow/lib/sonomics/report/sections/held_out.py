"""The section on folds by centre: the primary model where a centre was left out, next to folds that divide it."""

import math

import pandas as pd

from sonomics.core.params import MAIN
from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.figures import gather_figure
from sonomics.report.elements.numbers import format_decimal, format_interval
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Row, Table, show_estimate
from sonomics.report.study.evaluation import FURTHER_MEASURES, MEASURES, Evaluation

WHOLE = "all"
WORDS = {**MEASURES, **FURTHER_MEASURES}
KEPT = 0.05


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section of the values that folds leave out; None when no run has such folds."""
    if "held_out" not in evaluation.tables:
        return None
    table = evaluation.tables["held_out"]
    areas = table[table["statistic"] == "auc"]
    caption = (
        f"Square: {evaluation.auc_words}; line: its interval; dotted: 0.5. Every value is scored by fits that saw none "
        "of it (folds by the column), and by fits that saw part of it (folds that divide it)."
    )
    figure = gather_figure(
        evaluation, "held_out", f"{evaluation.auc_title} by value left out", caption, {"train": _describe(areas)}
    )
    paragraphs = [
        "A model can learn what a centre adds to its images, and how often the disease is seen there. Folds at random "
        "leave patients of every centre in training and cannot show this; folds that leave out a whole centre can. "
        "Both are of the same training cases, scored out of fold, at the threshold that each run froze.",
        *[_compare(evaluation, areas[areas["variable"] == name], str(name)) for name in areas["variable"].unique()],
    ]
    tables = [_tabulate(evaluation, table[table["variable"] == name], str(name)) for name in table["variable"].unique()]
    return Section("held_out", "Centres left out", paragraphs, tables, [figure] if figure.panels else [])


def _tabulate(evaluation: Evaluation, table: pd.DataFrame, column: str) -> Table:
    statistics = [str(name) for name in table["statistic"].unique()]
    rows = []
    for level, of_level in table.groupby("level", sort=False):
        for variant, of_run in of_level.groupby("variant", sort=False):
            shown = {str(row["statistic"]): show_estimate(row) for row in of_run.to_dict("records")}
            first = of_run.iloc[0]
            counts = f"{first['n']}" if math.isnan(first["positives"]) else f"{first['positives']:.0f} / {first['n']}"
            name = "all" if level == WHOLE else str(level)
            head = [Cell(name), Cell(str(variant), f"folds: {first['scheme']}"), Cell(counts)]
            rows.append([*head, *(shown[statistic] for statistic in statistics)])
    words = [evaluation.auc_title if name == "auc" else WORDS[name] for name in statistics]
    counted = "Cases" if table["positives"].isna().all() else "Events / cases"
    counted = "Positives / cases" if evaluation.is_binary else counted
    caption = f"{evaluation.primary} by {column}: left out, and in folds that divide it"
    note = "Out of fold in training. “all” pools the scores of all folds, which come from different fits."
    return Table(caption, [column, "Run", counted, *words], rows, note)


def _compare(evaluation: Evaluation, areas: pd.DataFrame, column: str) -> str:
    whole = {str(row["variant"]): row for row in areas[areas["level"] == WHOLE].to_dict("records")}
    main = whole.pop(MAIN)
    parts = []
    for variant, row in whole.items():
        if math.isnan(row["estimate"]) or math.isnan(main["estimate"]):
            parts.append(f"{evaluation.auc_title} of {variant} and main cannot both be estimated.")
            continue
        drop = main["estimate"] - row["estimate"]
        change = "a difference of less than 0.05" if abs(drop) < KEPT else f"a difference of {format_decimal(drop)}"
        parts.append(
            f"{evaluation.auc_title} over all training cases: {_show(main)} in the main run (folds: {main['scheme']}), "
            f"{_show(row)} in {variant} (folds: {row['scheme']}), {change}."
        )
    return " ".join(parts) or f"Only the main run has folds by {column}; no run divides it, so nothing is compared."


def _show(row: Row) -> str:
    return f"{format_decimal(row['estimate'])} ({format_interval(row['lower'], row['upper'])})"


def _describe(areas: pd.DataFrame) -> str:
    described = [
        f"{row['variable']} {row['level']}, {row['variant']} "
        + (row["reason"] if math.isnan(row["estimate"]) else format_decimal(row["estimate"]))
        for row in areas.to_dict("records")
    ]
    return f"by value and run; {'; '.join(described)}."
