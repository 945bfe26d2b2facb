"""The section on readers of a task of several classes."""

from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.sources import SOURCES
from sonomics.report.elements.numbers import format_count
from sonomics.report.elements.section import Section
from sonomics.report.sections.readers_reference import tabulate_decided
from sonomics.report.study.evaluation import Evaluation

TABLE = "readers_classes"


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on the classes that readers named; None when nobody has read a case of the task."""
    if TABLE not in evaluation.tables:
        return None
    table = evaluation.tables[TABLE]
    readers = table.loc[table["scope"] == "reader", "name"].nunique()
    simulated = "The readers are simulated. " if SOURCES.get(params.export.source).is_simulated else ""
    paragraph = (
        f"{simulated}{format_count(readers, 'reader')} named the class of each case. Their answers are compared with "
        f"the reference standard, next to the class of the largest probability by {evaluation.primary} on the same "
        "cases. A class that was named has no score, so that there is no ROC curve of a reader."
    )
    tables = [tabulate_decided(evaluation, str(split), TABLE) for split in table["split"].unique()]
    return Section("readers", "Readers", [paragraph], [shown for shown in tables if shown.rows])
