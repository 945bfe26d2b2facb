"""The tables of the cases."""

import pandas as pd

from sonomics.core.schemas import EVENT, TIME
from sonomics.evaluate.cohort.baseline import baseline_table
from sonomics.evaluate.cohort.missing import missing_table
from sonomics.evaluate.cohort.splits import splits_table
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables


def cohort_tables(context: Context) -> Tables:
    """Make the tables that count and describe the cases."""
    samples, clinical, describe = context.samples, context.clinical, context.settings.characteristics
    return {
        "splits": splits_table(samples, len(context.classes) == 1),
        "baseline": baseline_table(samples, clinical, context.label_words, list_follow_up(context), describe),
        "missing": missing_table(samples, clinical),
    }


def list_follow_up(context: Context) -> pd.DataFrame:
    """List the times and events by which the cases were followed: `time` and `event`, and those of further outcomes.

    Returns
    -------
    DataFrame
        One row per case of the samples, in their order; columns `time`, `event`, `<outcome> time` and `<outcome>
        event`. The event of a survival task is its label, and not among them.
    """
    cases = context.samples.cases
    found = {name: cases[name] for name in (TIME, EVENT) if name in cases}
    if context.kind == "survival":
        found.pop(EVENT)
    for outcome, followed in context.outcomes.items():
        times = followed.times.reindex(cases["case"])
        found |= {f"{outcome} {name}": times[name].set_axis(cases.index) for name in (TIME, EVENT)}
    return pd.DataFrame(found, index=cases.index)
