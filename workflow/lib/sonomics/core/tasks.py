"""What a study predicts: labels from a column or from a rule on time."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from sonomics.core.errors import StudyError

_TIME_RULE = re.compile(r"\s*time\s*<\s*(?P<horizon>\d+(?:\.\d+)?)\s*&\s*event\s*")


def label_columns(task: Mapping[str, Any]) -> tuple[str, ...]:
    """Name the cohort columns that a task's labels come from."""
    return (task["column"],) if "column" in task else ("time", "event")


def horizon_of(task: Mapping[str, Any]) -> float:
    """Return the horizon of a rule `time < horizon & event`, NaN for a task on a column.

    Raises
    ------
    StudyError
        When the rule is of another form.
    """
    if "column" in task:
        return float("nan")
    match = _TIME_RULE.fullmatch(task["rule"])
    if match is None:
        raise StudyError(
            "params.yaml, study.tasks", f"the rule {task['rule']!r} is not understood", "write `time < 12 & event`"
        )
    return float(match["horizon"])


def task_labels(cohort: pd.DataFrame, task: Mapping[str, Any]) -> pd.Series:
    """Derive the labels of a binary task.

    With a rule on time, a case censored before the horizon is unknown: it may yet have had the event. A positive value
    that is a number is compared as one, so that 1, 1.0 and "1" mean the same.

    Parameters
    ----------
    cohort : DataFrame
        With `case` and the columns the task reads.
    task : mapping
        `column` and `positive`, or `rule`.

    Returns
    -------
    Series of float, indexed by case
        1 positive, 0 negative, NaN unknown.
    """
    if "column" in task:
        values, stated = cohort[task["column"]], str(task["positive"])
        number = pd.to_numeric(stated, errors="coerce")
        positive = values.astype(str) == stated
        if not pd.isna(number):
            positive = pd.to_numeric(values, errors="coerce") == number
        label = positive.astype(float).where(values.notna())
    else:
        horizon = horizon_of(task)
        early = (cohort["time"] < horizon) & (cohort["event"] == 1)
        late = cohort["time"] >= horizon
        label = early.astype(float).where(early | late)
    return pd.Series(label.to_numpy(), index=cohort["case"].to_numpy(), name="label")
