"""The section on further survival outcomes that judge the scores of a binary task."""

from dataclasses import replace

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import Figure
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Table
from sonomics.report.sections.follow_up import gather_kaplan_meier, tabulate_cox
from sonomics.report.sections.subgroups import gather_hazards, tabulate_hazards
from sonomics.report.sections.survival import build as build_survival
from sonomics.report.sections.treatment import build as build_treatment
from sonomics.report.study.evaluation import Evaluation

PREFIX = "outcome_"
GROUPS = f"{PREFIX}risk_groups"


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on the scores judged by the outcomes of `evaluate.follow_up`; None where there are none."""
    if GROUPS not in evaluation.tables:
        return None
    outcomes = [str(name) for name in evaluation.tables[GROUPS]["outcome"].unique()]
    tables, figures = [], []
    for outcome in outcomes:
        of_outcome = show_outcome(evaluation, outcome)
        own_tables, own_figures = _gather(of_outcome, params)
        tables += [_name_outcome(table, outcome) for table in own_tables]
        figures += [
            replace(figure, kind=f"{PREFIX}{outcome}_{figure.kind}", title=f"{outcome}: {figure.title}")
            for figure in own_figures
            if figure.panels
        ]
    paragraphs = [
        f"The score of {evaluation.primary} was learned from the label of {evaluation.task} alone. Here it is judged "
        f"by {join_words([_describe(name, params) for name in outcomes])}. High and low risk are divided by the "
        "threshold that was frozen on training for the label; nothing was fitted to these outcomes but the Cox models "
        "and the cutpoint shown.",
    ]
    return Section("outcomes", "Follow-up by further outcomes", paragraphs, tables, figures)


def show_outcome(evaluation: Evaluation, outcome: str) -> Evaluation:
    """Show an outcome as the follow-up of a task: its tables and figures under their usual names."""
    tables = {"splits": evaluation.tables["splits"], "performance": evaluation.tables["performance"]}
    for name, table in evaluation.tables.items():
        if name.startswith(PREFIX):
            tables[name.removeprefix(PREFIX)] = _select(table, outcome)
    start = f"{PREFIX}{outcome}_"
    figures = {
        (kind.removeprefix(start), split): svg
        for (kind, split), svg in evaluation.figures.items()
        if kind.startswith(start)
    }
    return Evaluation(evaluation.variant, f"{evaluation.task}-{outcome}", tables, figures)


def _name_outcome(table: Table, outcome: str) -> Table:
    note = table.note.replace("survival.csv", f"{PREFIX}survival.csv")
    return replace(table, caption=f"{outcome}. {table.caption}", note=note)


def _select(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return table[table["outcome"] == outcome].drop(columns="outcome").reset_index(drop=True)


def _gather(of_outcome: Evaluation, params: Parameters) -> tuple[list[Table], list[Figure]]:
    sections = [build_survival(of_outcome, params), build_treatment(of_outcome, params)]
    shown = [section for section in sections if section]
    tables = [tabulate_cox(of_outcome, split) for split in of_outcome.splits]
    tables += [table for section in shown for table in section.tables]
    tables += tabulate_hazards(of_outcome)
    figures = [gather_kaplan_meier(of_outcome), *(figure for section in shown for figure in section.figures)]
    return [table for table in tables if table.rows], [*figures, gather_hazards(of_outcome)]


def _describe(outcome: str, params: Parameters) -> str:
    stated = params.evaluate.outcome(outcome, params.study.tasks)
    origin = f" from {stated.origin}" if stated.origin else ""
    return f"{outcome} ({stated.event} in {stated.time}{origin}, months)"
