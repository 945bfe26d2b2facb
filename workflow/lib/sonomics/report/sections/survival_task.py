"""The performance of a survival task on the page."""

import math
from typing import Any

from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_interval
from sonomics.report.elements.tables import Cell, Row, Table
from sonomics.report.sections.performance import tabulate_aucs
from sonomics.report.study.evaluation import Evaluation


def gather_survival(evaluation: Evaluation) -> dict[str, Any]:
    """Gather what the page shows of the performance of a survival task; follow-up has sections of its own."""
    return {
        "performance": [tabulate_aucs(evaluation), tabulate_risk_at_horizons(evaluation)],
        "further": [],
        "comparison": None,
        "figures": [],
    }


def tabulate_risk_at_horizons(evaluation: Evaluation) -> Table:
    """Tabulate the primary model's mean predicted risk against the observed one, by horizon and set."""
    table = evaluation.tables["task_follow_up"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for horizon, of_horizon in table.groupby("horizon", sort=True):
        by_split = {str(row["split"]): row for row in of_horizon.to_dict("records")}
        cells = [cell for split in evaluation.splits for cell in _compare(by_split[split])]
        rows.append([Cell(f"{float(str(horizon)):g} months"), *cells])
    headings = [heading for title in evaluation.splits.values() for heading in (f"{title}: predicted", "observed")]
    note = "Mean predicted share with the event; observed by Kaplan-Meier, with log-log interval."
    caption = f"{evaluation.primary}: predicted and observed risk at the horizons"
    return Table(caption, ["Horizon", *headings], rows, note)


def _compare(row: Row) -> tuple[Cell, Cell]:
    predicted = Cell(NOT_ESTIMABLE if math.isnan(row["predicted"]) else format_decimal(row["predicted"]))
    if math.isnan(row["observed"]):
        return predicted, Cell(NOT_ESTIMABLE, row["reason"])
    return predicted, Cell(format_decimal(row["observed"]), format_interval(row["lower"], row["upper"]))
