"""The score of a binary task against further survival outcomes."""

from sonomics.core.settings.evaluate import Evaluate
from sonomics.kinds.analyses import Analysis
from sonomics.kinds.analyses.hazards import KIND as HAZARDS
from sonomics.kinds.analyses.survival import KIND as SURVIVAL
from sonomics.kinds.analyses.treatment import KIND as TREATMENT
from sonomics.kinds.analyses.treatment import treatment_columns


def outcome_columns(settings: Evaluate) -> list[str]:
    """List the columns of the outcomes that no model learns, and that of the treatment."""
    stated = [(outcome.time, outcome.event, outcome.origin) for outcome in settings.outcomes.values()]
    return [*treatment_columns(settings), *(column for columns in stated for column in columns if column is not None)]


KIND = Analysis(
    name="outcomes",
    builder="sonomics.evaluate.survival.outcomes:outcome_tables",
    figures="sonomics.evaluate.figures.outcomes:outcome_panels",
    section="sonomics.report.sections.outcomes:build",
    tables=tuple(f"outcome_{name}" for name in (*SURVIVAL.tables, *HAZARDS.tables, *TREATMENT.tables)),
    order=95,
    page=45,
    setting="follow_up",
    columns=outcome_columns,
)
