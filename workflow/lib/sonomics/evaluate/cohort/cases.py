"""The cases one by one, with labels, follow-up and all scores."""

from sonomics.core.schemas import IDENTITY, OPTIONAL, OUTCOME
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables

# Columns of the cohort that the table has, next to labels and scores.
OF_COHORT = (*IDENTITY, *OPTIONAL, *OUTCOME)


def case_tables(context: Context) -> Tables:
    """Make the table of cases; clinical columns are left out."""
    cases = context.samples.cases
    return {"cases": cases[[name for name in cases if name not in context.cohort or name in OF_COHORT]]}
