"""Evaluate inclusion and exclusion criteria on cases or images."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.rules import Rule, parse
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.clean import Criterion
from sonomics.core.settings.study import Study

CASE, IMAGE = "case", "image"
MET, BROKEN, UNKNOWN, NOT_ASKED = "met", "broken", "unknown", "not_asked"
PREFIX = "criterion_"


def of_level(criteria: Iterable[Criterion], level: str) -> list[Criterion]:
    """List the criteria on cases, or on images."""
    return [criterion for criterion in criteria if criterion.level == level]


def columns_of(criteria: Iterable[Criterion]) -> list[str]:
    """List the columns that the criteria read, each once."""
    return list(dict.fromkeys(column for criterion in criteria for column in _parse_rule(criterion).columns))


def make_cohort_request(criteria: Iterable[Criterion]) -> Study:
    """Make the request for the columns that the criteria read of the cohort, as `read_cohort` takes it.

    A column that only criteria on training cases read may be a label: it is requested as one, so that the labels of
    test cases stay masked.
    """
    listed = list(criteria)
    clinical = columns_of(criterion for criterion in listed if not criterion.training_only)
    labels = [column for column in columns_of(listed) if column not in clinical]
    return Study.partial(
        {"tasks": {column: {"type": "binary", "column": column} for column in labels}, "clinical": clinical}
    )


def evaluate_criteria(table: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.DataFrame:
    """Evaluate every criterion on every row.

    Parameters
    ----------
    table : DataFrame
        With `split` and the columns of the criteria.
    criteria : sequence of Criterion
        `clean.criteria` of params, of one level: `name`, `rule`; `kind` is `inclusion` (the default: the rule must
        hold) or `exclusion` (it must not); with `training_only`, rows of other splits are not evaluated.

    Returns
    -------
    DataFrame of str
        Indexed as `table`, one column per criterion, with its name: `met`, `broken`, `unknown` (a value is unknown) or
        `not_asked`.

    Raises
    ------
    StudyError
        On a missing column, or a comparison that does not suit its type.
    """
    states = pd.DataFrame(index=table.index)
    for criterion in criteria:
        rule = _parse_rule(criterion)
        for column in rule.columns:
            if column not in table:
                raise StudyError(
                    _where(criterion), f"there is no column {column}", "correct the name, or add the column"
                )
        asked = (table["split"] == TRAIN) | (not criterion.training_only)
        holds = rule.holds(table[asked])
        meets = 1.0 - holds if criterion.kind == "exclusion" else holds
        states[criterion.name] = NOT_ASKED
        states.loc[asked, criterion.name] = np.where(np.isnan(meets), UNKNOWN, np.where(meets == 1.0, MET, BROKEN))
    return states


def find_reasons(states: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.Series:
    """Find the first criterion, in the order of params, that excludes a row.

    Returns
    -------
    Series of str
        `criterion_<name>`; "" for rows that stay. An unknown value excludes a row where params say `unknown: exclude`.
    """
    reason = pd.Series("", index=states.index)
    for criterion in reversed(criteria):
        state = states[criterion.name]
        excluded = (state == BROKEN) | ((state == UNKNOWN) & (criterion.unknown == "exclude"))
        reason[excluded] = PREFIX + criterion.name
    return reason


def write_remarks(states: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.Series:
    """Write why a row is excluded, or that it stays although a criterion could not be evaluated; "" otherwise."""
    reason = find_reasons(states, criteria)
    by_name = {criterion.name: criterion for criterion in criteria}
    rows = [dict(zip(states.columns, of_row, strict=True)) for of_row in states.to_numpy()]
    return pd.Series([_write_remark(*row, by_name) for row in zip(rows, reason, strict=True)], states.index, dtype=str)


def count_states(states: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the states of every criterion, for the metrics."""
    return {
        str(name): {state: int((states[name] == state).sum()) for state in (MET, BROKEN, UNKNOWN, NOT_ASKED)}
        for name in states
    }


def _where(criterion: Criterion) -> str:
    return f"params.yaml, clean.criteria, {criterion.name}"


def _parse_rule(criterion: Criterion) -> Rule:
    return parse(criterion.rule, _where(criterion))


def _write_remark(row: Mapping[Any, str], reason: str, criteria: Mapping[str, Criterion]) -> str:
    if reason:
        criterion = criteria[reason.removeprefix(PREFIX)]
        if row[criterion.name] == UNKNOWN:
            return f"`{criterion.rule}` cannot be told: {', '.join(_parse_rule(criterion).columns)} unknown."
        verb = "holds" if criterion.kind == "exclusion" else "does not hold"
        return f"`{criterion.rule}` {verb}."
    unknown = [str(name) for name, state in row.items() if state == UNKNOWN]
    return f"Kept although it cannot be told whether it meets {', '.join(unknown)}." if unknown else ""
