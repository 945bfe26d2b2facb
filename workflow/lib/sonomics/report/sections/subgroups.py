"""The section on subgroups: performance and prognostic value of the primary model in each."""

import math

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import gather_figure
from sonomics.report.elements.numbers import DASH, format_count, format_decimal, format_interval, format_p
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Row, Table, show_estimate_and_counts, show_p
from sonomics.report.study.evaluation import Evaluation

WHOLE = "all"


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section with AUC and hazard ratio in every subgroup, and tests of interaction."""
    if "subgroups" not in evaluation.tables:
        return None
    aucs = evaluation.tables["subgroups"]
    name, counted = evaluation.short_auc, evaluation.counted
    alternatives = {split: _describe_figure(aucs, split, name) for split in evaluation.splits}
    counts = f"{counted} / cases" if counted else "cases"
    caption = f"Square: {name}; line: its interval; dotted: the whole set. Counts: {counts}."
    figures = [gather_figure(evaluation, "subgroups", f"{name} by subgroup", caption, alternatives)]
    tables = [_tabulate(evaluation, aucs, name, counted), _tabulate_interactions(evaluation, aucs, name)]
    if "hazard_subgroups" in evaluation.tables:
        hazards = evaluation.tables["hazard_subgroups"]
        alternatives = {split: _describe_figure(hazards, split, "hazard ratio") for split in evaluation.splits}
        caption = "High against low risk by the frozen threshold, on a logarithmic axis. Counts: events / cases."
        title = "Hazard ratio by subgroup"
        figures.append(gather_figure(evaluation, "hazard_subgroups", title, caption, alternatives))
        tables += [_tabulate(evaluation, hazards, "HR", "events"), _tabulate_interactions(evaluation, hazards, "HR")]
    paragraphs = [
        f"Good performance overall can hide a group in which {evaluation.primary} performs badly. Cases are grouped by "
        "centre, by scanner and by the variables named in the parameters. A result is given only for a group that is "
        f"large enough: with fewer than {params.evaluate.fewest} {_name_fewest(evaluation)} it is “too few”.",
        _describe_interactions(evaluation, aucs),
    ]
    shown = [figure for figure in figures if figure.panels]
    return Section("subgroups", "Subgroups and fairness", paragraphs, tables, shown)


def _tabulate(evaluation: Evaluation, table: pd.DataFrame, name: str, counted: str) -> Table:
    rows = []
    for variable, of_variable in table.groupby("variable", sort=False):
        for level, of_level in of_variable.groupby("level", sort=False):
            cells = {
                split: show_estimate_and_counts(row, _show_counts(row, counted))
                for split, row in index_by_split(of_level).items()
            }
            rows.append(("all cases" if variable == WHOLE else f"{variable}: {level}", cells))
    methods = ", ".join(sorted({method for method in table["method"] if method}))
    caption = f"{name} by subgroup, with {counted} / cases" if counted else f"{name} by subgroup, with cases"
    return tabulate_by_split(evaluation, caption, "Subgroup", rows, f"{methods}.")


def _show_counts(row: Row, counted: str) -> str:
    events = row["events"] if "events" in row else row["positives"]
    return f"{events:.0f} / {row['n']}" if counted else str(row["n"])


def _name_fewest(evaluation: Evaluation) -> str:
    if evaluation.is_binary:
        return "positives or negatives (events, for hazard ratios)"
    return "cases of one of the classes of the set" if evaluation.has_classes else "events"


def _tabulate_interactions(evaluation: Evaluation, table: pd.DataFrame, name: str) -> Table:
    rows = []
    for variable, of_variable in table[table["variable"] != WHOLE].groupby("variable", sort=False):
        cells = {split: _show_interaction(row) for split, row in index_by_split(of_variable).items()}
        rows.append((str(variable), cells))
    note = "P of the interaction, with degrees of freedom; Holm: adjusted for the number of variables in the set."
    caption = f"Does the {name} differ between the groups of a variable?"
    return tabulate_by_split(evaluation, caption, "Variable", rows, note)


def _show_interaction(row: Row) -> Cell:
    if math.isnan(row["p_interaction"]):
        return Cell(DASH, "fewer than two groups with a result")
    return show_p(row["p_interaction"], f"df {row['df']:.0f}; Holm {format_p(row['p_holm'])}")


def _describe_interactions(evaluation: Evaluation, table: pd.DataFrame) -> str:
    tested = table[(table["variable"] != WHOLE) & table["p_interaction"].notna()].drop_duplicates(["split", "variable"])
    if tested.empty:
        return "No variable has two groups large enough to compare, so no difference can be tested."
    clear = tested[tested["p_holm"] < 0.05]
    compared = f"Of {format_count(len(tested), 'comparison')} of {evaluation.short_auc}s between groups"
    if clear.empty:
        return f"{compared}, none was significant after adjustment; with small groups, differences cannot be ruled out."
    names = [f"{row['variable']} ({evaluation.splits[row['split']]})" for row in clear.to_dict("records")]
    return f"{compared}, {len(names)} remained significant after adjustment: {join_words(names)}."


def _describe_figure(table: pd.DataFrame, split: str, name: str) -> str:
    described = [
        f"{row['variable']} {row['level']} {_describe_estimate(row)}"
        for row in table[table["split"] == split].to_dict("records")
    ]
    return f"{name} by subgroup; {'; '.join(described)}." if described else f"{name} by subgroup; no case."


def _describe_estimate(row: Row) -> str:
    if math.isnan(row["estimate"]):
        return str(row["reason"])
    return f"{format_decimal(row['estimate'])} ({format_interval(row['lower'], row['upper'])})"
