"""Characteristics of the cases (Table 1), which every study has."""

import math

import pandas as pd

from sonomics.report.elements.numbers import format_decimal, format_p
from sonomics.report.elements.tables import Cell, Table
from sonomics.report.study.evaluation import Evaluation

OVER_ALL = ""  # the group of the test between all groups
NUMBERS = {
    "both": "Mean (SD) with median (quartiles)",
    "mean": "Mean (SD)",
    "median": "Median (quartiles)",
}
COUNTS = "or counts with percentage of the known values."
DESCRIPTIVE = f"{NUMBERS['both']}, {COUNTS}"


def tabulate_characteristics(evaluation: Evaluation, describe: str = "both") -> list[Table]:
    """Tabulate the scored cases by set, and those of every set by label; tables without a row are left out.

    Parameters
    ----------
    evaluation : Evaluation
    describe : {"both", "mean", "median"}
        `evaluate.characteristics`.
    """
    table, words = evaluation.tables["baseline"], f"{NUMBERS[describe]}, {COUNTS}"
    count = len(evaluation.splits)
    note = f"{words} P: each test set against training{', and between all sets' if count > 2 else ''}."
    title = "Scored cases by set"
    by_split = table[table["section"] == "split"]
    shown = [
        tabulate_groups(by_split, evaluation.task, evaluation.splits, title, note if count > 1 else words, describe)
    ]
    labels = _name_labels(evaluation)
    compared = "positive against negative" if evaluation.is_binary else "between them"
    for split, title in evaluation.splits.items():
        within = table[(table["section"] == "label") & (table["within"] == split)]
        note = f"{words} P: {compared}."
        shown.append(tabulate_groups(within, evaluation.task, labels, f"{title}: cases by label", note, describe))
    return [table for table in shown if table.rows]


def _name_labels(evaluation: Evaluation) -> dict[str, str]:
    if evaluation.is_binary:
        return {"positive": "Positive", "negative": "Negative"}
    if not evaluation.has_classes:
        return {"event": "With the event", "censored": "Censored"}
    table = evaluation.tables["task_confusion"]
    return {str(name): str(name) for name in dict.fromkeys(table["true"])}


def tabulate_groups(
    table: pd.DataFrame, task: str, titles: dict[str, str], caption: str, note: str, describe: str = "both"
) -> Table:
    """Tabulate described groups: one row per number or level, one column per group, and a P per group compared.

    The group "" has no column but the P between all groups.
    """
    named = {**titles, OVER_ALL: "all"}
    groups = [group for group in titles if group in set(table["group"].astype(str))]
    compared = [group for group in [*groups, OVER_ALL] if group in set(table.loc[table["test"] != "", "group"])]
    rows = []
    for variable, of_variable in table.groupby("variable", sort=False):
        described = of_variable[of_variable["group"] != OVER_ALL]
        levels = sorted(dict.fromkeys(described["level"]), key=lambda name: (name == "missing", name))
        for rank, level in enumerate(levels):
            of_level = described[described["level"] == level].set_index("group")
            cells = [
                _describe(of_level.loc[group], describe) if group in of_level.index else Cell("0") for group in groups
            ]
            tests = of_variable.drop_duplicates("group").set_index("group").reindex(compared)
            p_values = [_show_test(test) if rank == 0 else Cell("") for _, test in tests.iterrows()]
            name = task if variable == "label" else str(variable)
            level_name = "unknown" if (variable, level) == ("label", "missing") else level
            rows.append([Cell(f"{name}: {level_name}" if level_name else name), *cells, *p_values])
    headings = [f"P, {named[group]}" if len(compared) > 1 else "P" for group in compared]
    return Table(caption, ["Variable", *(titles[group] for group in groups), *headings], rows, note)


def _show_test(row: pd.Series) -> Cell:
    return Cell(format_p(row["p"]), row["reason"] or row["test"])


def _describe(row: pd.Series, describe: str) -> Cell:
    if row["level"]:
        return Cell(f"{row['count']:.0f}", "" if math.isnan(row["percent"]) else f"{row['percent']:.0f} %")
    missing = f"{row['missing']:.0f} missing" if row["missing"] else ""
    median, lower, upper = (format_decimal(row[name], 1) for name in ("median", "q1", "q3"))
    mean, sd = (format_decimal(row[name], 1) for name in ("mean", "sd"))
    if describe == "median":
        return Cell(f"{median} ({lower} to {upper})", missing)
    quartiles = f"median {median} ({lower} to {upper})" if describe == "both" else ""
    return Cell(f"{mean} ({sd})", "; ".join(filter(None, [quartiles, missing])))
