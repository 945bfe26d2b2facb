"""Risk groups over time: Kaplan-Meier figures and Cox regression."""

import math

from sonomics.report.elements.figures import Figure, gather_figure
from sonomics.report.elements.numbers import format_decimal, format_interval, format_p
from sonomics.report.elements.tables import Cell, Row, Table, show_difference
from sonomics.report.study.evaluation import Evaluation

ANALYSES = ("univariable", "multivariable")


def tabulate_cox(evaluation: Evaluation, split: str) -> Table:
    """Tabulate hazard ratios of the score and the clinical variables in one set: one row per term."""
    table = evaluation.tables["cox"]
    table = table[table["split"] == split]
    rows = []
    for term, of_term in table.groupby("term", sort=False):
        by_analysis = of_term.set_index("analysis").to_dict("index")
        cells = []
        for analysis in ANALYSES:
            row = by_analysis[analysis]
            cells += [show_difference(row, "hr"), Cell(format_p(row["p"]))]
        univariable = by_analysis["univariable"]
        rows.append([Cell(str(term)), *cells, Cell(f"{univariable['events']:.0f} / {univariable['n']:.0f}")])
    columns = ["Term", "HR, univariable", "P", "HR, multivariable", "P", "Events / cases"]
    note = (
        "Efron's method for ties; complete cases; the multivariable model has all terms listed and needs five events "
        "per term."
    )
    return Table(f"{evaluation.splits[split]}: Cox regression of time to the event", columns, rows, note)


def gather_kaplan_meier(evaluation: Evaluation) -> Figure:
    """Gather the Kaplan-Meier curves of the risk groups."""
    alternatives = {}
    if "risk_groups" in evaluation.tables:
        groups = evaluation.tables["risk_groups"].set_index("split").to_dict("index")
        alternatives = {str(split): _describe(row) for split, row in groups.items()}
    caption = f"{evaluation.primary}: high and low risk by the frozen threshold; numbers at risk below."
    return gather_figure(evaluation, "kaplan_meier", "Follow-up of the risk groups", caption, alternatives)


def _describe(row: Row) -> str:
    high = f"{row['n_high']:.0f} cases at high risk with {row['events_high']:.0f} events"
    groups = f"{high}, {row['n_low']:.0f} at low risk with {row['events_low']:.0f}"
    if math.isnan(row["hr"]):
        return f"Kaplan-Meier curves; {groups}; hazard ratio not estimable ({row['reason']})."
    ratio = f"hazard ratio {format_decimal(row['hr'])} ({format_interval(row['lower'], row['upper'])})"
    return f"Kaplan-Meier curves; {groups}; {ratio}; log-rank P {format_p(row['p_logrank'])}."
