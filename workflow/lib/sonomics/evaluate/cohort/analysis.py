"""The tables of the cases."""

from sonomics.evaluate.cohort.baseline import baseline_table
from sonomics.evaluate.cohort.missing import missing_table
from sonomics.evaluate.cohort.splits import splits_table
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables


def cohort_tables(context: Context) -> Tables:
    """Make the tables that count and describe the cases."""
    samples, clinical = context.samples, context.clinical
    return {
        "splits": splits_table(samples, len(context.classes) == 1),
        "baseline": baseline_table(samples, clinical, context.label_words),
        "missing": missing_table(samples, clinical),
    }
