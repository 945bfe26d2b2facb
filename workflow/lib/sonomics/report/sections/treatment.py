"""The section on a treatment within the risk groups, worded as what it is: an association."""

import math
from typing import Any

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.figures import gather_figure
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_interval, format_p
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Row
from sonomics.report.study.evaluation import Evaluation

GROUPS = {
    "high": "High risk: HR, treated against untreated",
    "low": "Low risk: HR, treated against untreated",
    "interaction": "Interaction: ratio of the two",
}


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on survival of treated and untreated cases in each risk group; None without a treatment."""
    if "treatment" not in evaluation.tables:
        return None
    name = params.evaluate.treatment
    table = evaluation.tables["treatment"]
    rows = []
    for group, title in GROUPS.items():
        of_group = table[table["group"] == group]
        rows.append((title, {split: _show_ratio(row) for split, row in index_by_split(of_group).items()}))
    shown = tabulate_by_split(
        evaluation,
        f"{name} within the risk groups of {evaluation.primary}",
        "Comparison",
        rows,
        "Counts: events / cases, treated then untreated. Cox, Wald intervals; P of the interaction: likelihood ratio.",
    )
    alternatives = {split: _describe(table[table["split"] == split].to_dict("records")) for split in evaluation.splits}
    caption = "Kaplan-Meier curves of treated and untreated cases at high and at low risk by the frozen threshold."
    figure = gather_figure(evaluation, "treatment", f"{name} within the risk groups", caption, alternatives)
    paragraphs = [
        f"Cases with and without {name} are compared within each risk group. This is an association and not the effect "
        "of the treatment: the choice of treatment was made by people who knew the patient, so the groups differ in "
        "more than the treatment. Nothing here shows that a patient at high risk benefits from it; that needs a trial."
    ]
    figures = [figure] if figure.panels else []
    return Section("treatment", "Treatment within the risk groups", paragraphs, [shown], figures)


def _show_ratio(row: Row) -> Cell:
    counts = f"{row['events_treated']} / {row['n_treated']} and {row['events_untreated']} / {row['n_untreated']}"
    if math.isnan(row["hr"]):
        return Cell(NOT_ESTIMABLE, f"{row['reason']}; {counts}")
    interval = format_interval(row["lower"], row["upper"])
    return Cell(format_decimal(row["hr"]), f"{interval}; P {format_p(row['p'])}; {counts}")


def _describe(rows: list[dict[Any, Any]]) -> str:
    ratios = [f"{row['group']} {row['reason'] if math.isnan(row['hr']) else format_decimal(row['hr'])}" for row in rows]
    return f"Kaplan-Meier curves by treatment and risk group; hazard ratios: {', '.join(ratios)}."
