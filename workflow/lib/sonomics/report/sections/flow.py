"""The table of the flow of cases."""

from collections.abc import Sequence

from sonomics.report.elements.tables import Cell, Table
from sonomics.report.study.flow_of_cases import Flow


def tabulate_flow(flows: Sequence[Flow], remark: str = "") -> Table:
    """Tabulate the flow of cases: one row per set, one column per reason; a remark is added to its note."""
    reasons = list(dict.fromkeys(reason for flow in flows for reason in flow.excluded))
    rows = []
    for flow in flows:
        excluded = [Cell(f"{flow.excluded.get(reason, 0):,}") for reason in reasons]
        rows.append([Cell(flow.title), Cell(f"{flow.listed:,}"), *excluded, Cell(f"{flow.analysed:,}", flow.outcomes)])
    headings = [reason[:1].upper() + reason[1:] for reason in reasons]
    note = "Listed = analysed + excluded by reason; a case with several reasons counts under the first of them."
    note = f"{note} {remark}".rstrip()
    return Table("Cases from the cohort to the analysis", ["Set", "Listed", *headings, "Analysed"], rows, note)
