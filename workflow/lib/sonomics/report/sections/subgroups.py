"""The section on subgroups: does the primary model do as well, and mean as much, for everybody?"""

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonomics.report.elements.numbers import Cell, decimal, interval, listed, p_value, plural
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import by_split, figure_cell, grid, p_cell, plate_of
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

WHOLE = "all"


def subgroups_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Show AUC and hazard ratio in every subgroup with the interaction; None when the tables are not there."""
    if "subgroups" not in evaluation.tables:
        return None
    areas = evaluation.tables["subgroups"]
    words = {split: _alternative(areas, split, "AUC") for split in evaluation.splits}
    caption = "Square: AUC; line: its interval; dotted: the whole set. Counts: positives / cases."
    plates = [plate_of(evaluation, "subgroups", "AUC by subgroup", caption, words)]
    tables = [_table(evaluation, areas, "AUC", "positives"), _interactions(evaluation, areas, "AUC")]
    if "hazard_subgroups" in evaluation.tables:
        hazards = evaluation.tables["hazard_subgroups"]
        words = {split: _alternative(hazards, split, "hazard ratio") for split in evaluation.splits}
        caption = "High against low risk by the frozen threshold, on a logarithmic axis. Counts: events / cases."
        plates.append(plate_of(evaluation, "hazard_subgroups", "Hazard ratio by subgroup", caption, words))
        tables += [_table(evaluation, hazards, "HR", "events"), _interactions(evaluation, hazards, "HR")]
    fewest = params["evaluate"].get("fewest", 10)
    paragraphs = [
        f"A good figure overall may hide a group that {evaluation.primary} serves badly. Cases are cut by centre, by "
        "scanner and by the variables named in the parameters. A group says something only where it is large enough: "
        f"below {fewest} positives or negatives (events, for hazard ratios) it says “too few”.",
        _found(evaluation, areas),
    ]
    return Section(
        "subgroups", "Subgroups and fairness", paragraphs, tables, [plate for plate in plates if plate.panels]
    )


def _table(evaluation: Evaluation, table: pd.DataFrame, name: str, counted: str) -> Table:
    rows = []
    for variable, of_variable in table.groupby("variable", sort=False):
        for level, inside in of_variable.groupby("level", sort=False):
            cells = {split: figure_cell(row, f"{row[counted]} / {row['n']}") for split, row in by_split(inside).items()}
            rows.append(("all cases" if variable == WHOLE else f"{variable}: {level}", cells))
    methods = ", ".join(sorted({method for method in table["method"] if method}))
    return grid(evaluation, f"{name} by subgroup, with {counted} / cases", "Subgroup", rows, f"{methods}.")


def _interactions(evaluation: Evaluation, table: pd.DataFrame, name: str) -> Table:
    rows = []
    for variable, inside in table[table["variable"] != WHOLE].groupby("variable", sort=False):
        cells = {split: _interaction(row) for split, row in by_split(inside).items()}
        rows.append((str(variable), cells))
    note = "P of the interaction, with degrees of freedom; Holm: adjusted for the number of variables in the set."
    return grid(evaluation, f"Does the {name} differ between the groups of a variable?", "Variable", rows, note)


def _interaction(row: Mapping[Any, Any]) -> Cell:
    if math.isnan(row["p_interaction"]):
        return Cell("–", "fewer than two groups with a figure")
    return p_cell(row["p_interaction"], f"df {row['df']:.0f}; Holm {p_value(row['p_holm'])}")


def _found(evaluation: Evaluation, table: pd.DataFrame) -> str:
    each = table[(table["variable"] != WHOLE) & table["p_interaction"].notna()].drop_duplicates(["split", "variable"])
    if each.empty:
        return "No variable has two groups large enough to compare, so nothing can be said about differences."
    clear = each[each["p_holm"] < 0.05]
    looked = f"Of {plural(len(each), 'comparison')} of AUCs between groups"
    if clear.empty:
        return f"{looked}, none stands out after adjustment; small groups cannot rule a difference out."
    named = [f"{row['variable']} ({evaluation.splits[row['split']]})" for row in clear.to_dict("records")]
    return f"{looked}, {len(named)} stood out after adjustment: {listed(named)}."


def _alternative(table: pd.DataFrame, split: str, name: str) -> str:
    told = [
        f"{row['variable']} {row['level']} "
        + (
            row["reason"]
            if math.isnan(row["estimate"])
            else f"{decimal(row['estimate'])} ({interval(row['lower'], row['upper'])})"
        )
        for row in table[table["split"] == split].to_dict("records")
    ]
    return f"{name} by subgroup; {'; '.join(told)}." if told else f"{name} by subgroup; no case."
