"""The section on questions of several classes."""

from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.numbers import Cell
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import by_split, figure_cell, grid
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

STATISTICS = {"hand_till_m": "M (Hand and Till)", "auc": "AUC", "f1": "F1", "mcc": "MCC"}


def classes_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Show macro, weighted and per-class figures and the confusion table; None when no such question is asked."""
    if "classes" not in evaluation.tables or evaluation.tables["classes"].empty:
        return None
    table = evaluation.tables["classes"]
    tables: list[Table] = []
    for (question, model), inside in table.groupby(["question", "model"], sort=False):
        tables += [_figures(evaluation, inside, str(question), str(model))]
        tables += _confusions(evaluation, str(question), str(model))
    paragraphs = [
        "Answers come from tables of predictions that were dropped in; the class of the largest probability is the "
        "decision. Macro: the plain mean over the classes that occur; weighted: by their size."
    ]
    return Section("classes", "Questions of several classes", paragraphs, tables)


def _figures(evaluation: Evaluation, inside: Any, question: str, model: str) -> Table:
    rows = []
    for (name, statistic), found in inside.groupby(["class", "statistic"], sort=False):
        cells = {split: figure_cell(row, f"n = {row['n']}") for split, row in by_split(found).items()}
        rows.append((f"{name}: {STATISTICS.get(str(statistic), statistic)}", cells))
    note = "Wilson intervals of recall and accuracy; DeLong intervals of one class against the rest."
    return grid(evaluation, f"{question}: {model}", "Class: measure", rows, note)


def _confusions(evaluation: Evaluation, question: str, model: str) -> list[Table]:
    table = evaluation.tables["confusion"]
    table = table[(table["question"] == question) & (table["model"] == model)]
    made = []
    for split, inside in table.groupby("split", sort=False):
        names = list(dict.fromkeys(inside["decided"].astype(str)))
        counts = inside.astype({"true": str, "decided": str}).set_index(["true", "decided"])["count"]
        rows = [[Cell(true), *(Cell(str(counts[true, name])) for name in names)] for true in names]
        caption = f"{question}: {model}, {evaluation.splits[str(split)]}: true class (rows) by decision (columns)"
        made.append(Table(caption, ["True class", *names], rows))
    return made
