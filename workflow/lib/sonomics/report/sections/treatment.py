"""The section on a treatment within the risk groups, worded as what it is: an association."""

import math
from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, interval, p_value
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import by_split, grid, plate_of
from sonomics.report.study.evaluation import Evaluation

GROUPS = {
    "high": "High risk: HR, treated against untreated",
    "low": "Low risk: HR, treated against untreated",
    "interaction": "Interaction: ratio of the two",
}


def treatment_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Show survival of treated and untreated cases in each risk group; None when no treatment is named."""
    if "treatment" not in evaluation.tables:
        return None
    name = params["evaluate"]["treatment"]
    table = evaluation.tables["treatment"]
    rows = []
    for group, title in GROUPS.items():
        inside = table[table["group"] == group]
        rows.append((title, {split: _cell(row) for split, row in by_split(inside).items()}))
    shown = grid(
        evaluation,
        f"{name} within the risk groups of {evaluation.primary}",
        "Comparison",
        rows,
        "Counts: events / cases, treated then untreated. Cox, Wald intervals; P of the interaction: likelihood ratio.",
    )
    words = {split: _alternative(table[table["split"] == split].to_dict("records")) for split in evaluation.splits}
    caption = "Kaplan-Meier curves of treated and untreated cases at high and at low risk by the frozen threshold."
    plate = plate_of(evaluation, "treatment", f"{name} within the risk groups", caption, words)
    paragraphs = [
        f"Cases with and without {name} are compared within each risk group. This is an association and not the "
        "effect of the treatment: who was treated was decided by people who knew the patient, so the two differ in "
        "more than the treatment, and nothing here says that a patient at high risk gains by it. That takes a trial."
    ]
    return Section(
        "treatment", "Treatment within the risk groups", paragraphs, [shown], [plate] if plate.panels else []
    )


def _cell(row: Mapping[Any, Any]) -> Cell:
    counts = f"{row['events_treated']} / {row['n_treated']} and {row['events_untreated']} / {row['n_untreated']}"
    if math.isnan(row["hr"]):
        return Cell(NOT_ESTIMABLE, f"{row['reason']}; {counts}")
    return Cell(decimal(row["hr"]), f"{interval(row['lower'], row['upper'])}; P {p_value(row['p'])}; {counts}")


def _alternative(rows: list[dict[Any, Any]]) -> str:
    told = [f"{row['group']} {row['reason'] if math.isnan(row['hr']) else decimal(row['hr'])}" for row in rows]
    return f"Kaplan-Meier curves by treatment and risk group; hazard ratios: {', '.join(told)}."
