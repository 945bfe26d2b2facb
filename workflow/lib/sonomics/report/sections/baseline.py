"""Characteristics of the cases (Table 1), which every study has."""

import math

import pandas as pd

from sonomics.report.elements.numbers import format_decimal, format_p
from sonomics.report.elements.tables import Cell, Table
from sonomics.report.study.evaluation import Evaluation

DESCRIPTIVE = "Mean (SD) with median (quartiles), or counts with percentage of the known values."


def tabulate_characteristics(evaluation: Evaluation) -> list[Table]:
    """Tabulate the scored cases by set, and the training cases by label; tables without a row are left out."""
    table = evaluation.tables["baseline"]
    by_split = tabulate_groups(
        table[table["section"] == "split"],
        evaluation.task,
        evaluation.splits,
        "Scored cases by set",
        f"{DESCRIPTIVE} P: each test set against training." if len(evaluation.splits) > 1 else DESCRIPTIVE,
    )
    compared = "positive against negative" if evaluation.is_binary else "each against the first"
    by_label = tabulate_groups(
        table[table["section"] == "label"],
        evaluation.task,
        _name_labels(evaluation),
        "Training cases by label",
        f"{DESCRIPTIVE} P: {compared}.",
    )
    return [table for table in (by_split, by_label) if table.rows]


def _name_labels(evaluation: Evaluation) -> dict[str, str]:
    if evaluation.is_binary:
        return {"positive": "Positive", "negative": "Negative"}
    if not evaluation.has_classes:
        return {"event": "With the event", "censored": "Censored"}
    table = evaluation.tables["task_confusion"]
    return {str(name): str(name) for name in dict.fromkeys(table["true"])}


def tabulate_groups(table: pd.DataFrame, task: str, titles: dict[str, str], caption: str, note: str) -> Table:
    """Tabulate described groups: one row per number or level, one column per group, and a P per group compared."""
    groups = [group for group in titles if group in set(table["group"].astype(str))]
    compared = [group for group in groups if group in set(table.loc[table["test"] != "", "group"])]
    rows = []
    for variable, of_variable in table.groupby("variable", sort=False):
        levels = sorted(dict.fromkeys(of_variable["level"]), key=lambda name: name == "missing")
        for rank, level in enumerate(levels):
            of_level = of_variable[of_variable["level"] == level].set_index("group")
            cells = [_describe(of_level.loc[group]) if group in of_level.index else Cell("0") for group in groups]
            tests = of_variable.drop_duplicates("group").set_index("group").loc[compared]
            p_values = [_show_test(test) if rank == 0 else Cell("") for _, test in tests.iterrows()]
            name = task if variable == "label" else str(variable)
            level_name = "unknown" if (variable, level) == ("label", "missing") else level
            rows.append([Cell(f"{name}: {level_name}" if level_name else name), *cells, *p_values])
    headings = [f"P, {titles[group]}" if len(compared) > 1 else "P" for group in compared]
    return Table(caption, ["Variable", *(titles[group] for group in groups), *headings], rows, note)


def _show_test(row: pd.Series) -> Cell:
    return Cell(format_p(row["p"]), row["reason"] or row["test"])


def _describe(row: pd.Series) -> Cell:
    if row["level"]:
        return Cell(f"{row['count']:.0f}", "" if math.isnan(row["percent"]) else f"{row['percent']:.0f} %")
    missing = f"; {row['missing']:.0f} missing" if row["missing"] else ""
    median, lower, upper = (format_decimal(row[name], 1) for name in ("median", "q1", "q3"))
    mean, sd = (format_decimal(row[name], 1) for name in ("mean", "sd"))
    return Cell(f"{mean} ({sd})", f"median {median} ({lower} to {upper}){missing}")
