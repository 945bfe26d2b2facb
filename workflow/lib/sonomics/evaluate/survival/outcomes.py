"""The scores of a binary task judged by the survival outcomes that `evaluate.follow_up` names for it."""

from collections.abc import Iterator
from dataclasses import replace

import pandas as pd

from sonomics.core.schemas import EVENT, TIME
from sonomics.evaluate.robustness.hazards import hazard_tables
from sonomics.evaluate.samples.scored import build_samples
from sonomics.evaluate.study.context import Context, Followed
from sonomics.evaluate.survival.analysis import survival_tables
from sonomics.evaluate.survival.treatment import treatment_tables
from sonomics.evaluate.tables.columns import Tables

OUTCOME = "outcome"


def outcome_tables(context: Context) -> Tables:
    """Make the tables of follow-up for every outcome that judges the task, one beneath the other.

    Returns
    -------
    dict
        `outcome_<table>` of every table that follow-up by the columns `time` and `event` has, with the same columns
        after `outcome`, the name of the outcome; none for a task that no outcome judges. Risk groups are divided by
        the frozen threshold of the task; the horizons are those of the outcome.
    """
    made: dict[str, list[pd.DataFrame]] = {}
    for outcome, followed in context.outcomes.items():
        for name, table in _tables_of(follow_by(context, followed)):
            made.setdefault(f"{OUTCOME}_{name}", []).append(_name_outcome(table, outcome))
    return {name: _stack(tables) for name, tables in made.items()}


def follow_by(context: Context, followed: Followed) -> Context:
    """Make an outcome the follow-up of the cases: its times, events and horizons; scores and labels stay."""
    cases = context.samples.cases
    times = followed.times.reindex(cases["case"])
    cases = cases.assign(**{name: times[name].to_numpy() for name in (TIME, EVENT)})
    return replace(
        context,
        samples=build_samples(cases, context.samples.models),
        settings=context.settings.model_copy(update={"horizons": followed.horizons}),
    )


def _tables_of(context: Context) -> Iterator[tuple[str, pd.DataFrame]]:
    yield from survival_tables(context).items()
    yield from hazard_tables(context).items()
    if context.settings.treatment:
        yield from treatment_tables(context).items()


def _name_outcome(table: pd.DataFrame, outcome: str) -> pd.DataFrame:
    return pd.DataFrame({OUTCOME: [outcome] * len(table)}).join(table.reset_index(drop=True))


def _stack(tables: list[pd.DataFrame]) -> pd.DataFrame:
    """Put tables of one outcome each beneath one another; a column may be unknown throughout one of them."""
    return pd.DataFrame([row for table in tables for row in table.to_dict("records")], columns=list(tables[0]))
