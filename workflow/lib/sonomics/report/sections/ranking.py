"""The section on further comparisons of a task that is not binary: other runs, other sets, decisions."""

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.section import Section
from sonomics.report.sections.comparisons import (
    tabulate_between_sets,
    tabulate_decisions,
    tabulate_sensitivity_runs,
)
from sonomics.report.study.evaluation import Evaluation


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on other runs and sets; None when there is neither, nor a second model that decides."""
    if "between_splits" not in evaluation.tables:
        return None
    tables = [tabulate_between_sets(evaluation)]
    if evaluation.has_classes and len(evaluation.models) > 1:
        tables.append(tabulate_decisions(evaluation))
    if "sensitivity" in evaluation.tables:
        tables.insert(0, tabulate_sensitivity_runs(evaluation))
    paragraphs = [
        "Would another run or another set change the results? Runs and models are compared on the same cases, sets on "
        "different ones."
    ]
    shown = [table for table in tables if table.rows]
    return Section("further", "Further comparisons and sensitivity analyses", paragraphs, shown) if shown else None
