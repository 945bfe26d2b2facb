"""Inclusion and exclusion criteria: which cases, or images, meet the rules of a study."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.rules import Rule, parse
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.study import Study

CASE, IMAGE = "case", "image"
MET, BROKEN, UNKNOWN, NOT_ASKED = "met", "broken", "unknown", "not_asked"
PREFIX = "criterion_"

Criterion = Mapping[str, Any]


def of_level(criteria: Iterable[Criterion], level: str) -> list[Criterion]:
    """List the criteria on cases, or on images."""
    return [criterion for criterion in criteria if criterion.get("level", CASE) == level]


def columns_of(criteria: Iterable[Criterion]) -> list[str]:
    """Name the columns that the criteria read, each once."""
    return list(dict.fromkeys(column for criterion in criteria for column in _rule_of(criterion).columns))


def asked_of(criteria: Iterable[Criterion]) -> Study:
    """Say what the criteria read of the cohort, as `read_cohort` takes it.

    What only criteria on training cases read may be a label: it is named as one, so that those of test cases stay
    locked.
    """
    stated = list(criteria)
    open_to_all = columns_of(one for one in stated if not one.get("training_only", False))
    labels = [column for column in columns_of(stated) if column not in open_to_all]
    tasks = {column: {"column": column} for column in labels}
    return Study.partial({"tasks": tasks, "clinical": open_to_all})


def states(table: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.DataFrame:
    """Tell of every row and criterion whether it is met.

    Parameters
    ----------
    table : DataFrame
        With `split` and the columns of the criteria.
    criteria : sequence of mapping
        `clean.criteria` of params, of one level: `name`, `rule`; `kind` is `inclusion` (the default: the rule must
        hold) or `exclusion` (it must not); with `training_only`, rows of other splits are not asked.

    Returns
    -------
    DataFrame of str
        Indexed as `table`, one column a criterion, named by it: `met`, `broken`, `unknown` (a value is not known) or
        `not_asked`.

    Raises
    ------
    StudyError
        A column that is not there, or a comparison that does not suit its type.
    """
    found = pd.DataFrame(index=table.index)
    for criterion in criteria:
        rule = _rule_of(criterion)
        for column in rule.columns:
            if column not in table:
                raise StudyError(
                    _where(criterion), f"there is no column {column}", "correct the name, or add the column"
                )
        asked = (table["split"] == TRAIN) | (not criterion.get("training_only", False))
        holds = rule.holds(table[asked])
        meets = 1.0 - holds if criterion.get("kind") == "exclusion" else holds
        found[criterion["name"]] = NOT_ASKED
        found.loc[asked, criterion["name"]] = np.where(np.isnan(meets), UNKNOWN, np.where(meets == 1.0, MET, BROKEN))
    return found


def reasons_of(found: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.Series:
    """Name the first criterion, in the order of params, that sets a row aside.

    Returns
    -------
    Series of str
        `criterion_<name>`; "" for rows that stay. An unknown value sets a row aside where `unknown: exclude` is stated.
    """
    reason = pd.Series("", index=found.index)
    for criterion in reversed(criteria):
        state = found[criterion["name"]]
        aside = (state == BROKEN) | ((state == UNKNOWN) & (criterion["unknown"] == "exclude"))
        reason[aside] = PREFIX + criterion["name"]
    return reason


def remarks_of(found: pd.DataFrame, criteria: Sequence[Criterion]) -> pd.Series:
    """Say in a sentence what set a row aside, or that it stays although a criterion could not be told; "" otherwise."""
    reason = reasons_of(found, criteria)
    by_name = {str(criterion["name"]): criterion for criterion in criteria}
    rows = [dict(zip(found.columns, states, strict=True)) for states in found.to_numpy()]
    return pd.Series([_remark(*row, by_name) for row in zip(rows, reason, strict=True)], found.index, dtype=str)


def counts_of(found: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count the states of every criterion, for the metrics."""
    return {
        str(name): {state: int((found[name] == state).sum()) for state in (MET, BROKEN, UNKNOWN, NOT_ASKED)}
        for name in found
    }


def _where(criterion: Criterion) -> str:
    return f"params.yaml, clean.criteria, {criterion['name']}"


def _rule_of(criterion: Criterion) -> Rule:
    return parse(criterion["rule"], _where(criterion))


def _remark(row: Mapping[Any, str], reason: str, criteria: Mapping[str, Criterion]) -> str:
    if reason:
        criterion = criteria[reason.removeprefix(PREFIX)]
        if row[criterion["name"]] == UNKNOWN:
            return f"`{criterion['rule']}` cannot be told: {', '.join(_rule_of(criterion).columns)} unknown."
        verb = "holds" if criterion.get("kind") == "exclusion" else "does not hold"
        return f"`{criterion['rule']}` {verb}."
    untold = [str(name) for name, state in row.items() if state == UNKNOWN]
    return f"Kept although it cannot be told whether it meets {', '.join(untold)}." if untold else ""
