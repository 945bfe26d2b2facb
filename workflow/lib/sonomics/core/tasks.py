"""What a study predicts: labels from the value of a column, or from a rule."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import LONGEST_MONTHS
from sonomics.core.rules import And, Comparison, parse
from sonomics.core.schemas import EVENT, TIME
from sonomics.core.settings.study import Task
from sonomics.core.words import canonical

Labels = NDArray[np.float64]

WHERE = "params.yaml, study.tasks"
HAS_EVENT = Comparison(EVENT, "!=", 0.0)


def label_columns(task: Task) -> tuple[str, ...]:
    """Name the columns of the cohort that the labels of a task come from.

    Raises
    ------
    StudyError
        When the rule is not understood.
    """
    return parse(task.rule, WHERE).columns if task.rule is not None else (str(task.column),)


def numeric_columns(task: Task) -> tuple[str, ...]:
    """Name the columns that a task's rule compares with numbers."""
    if task.rule is None:
        return ()
    comparisons = parse(task.rule, WHERE).comparisons
    return tuple(comparison.column for comparison in comparisons if isinstance(comparison.value, float))


def horizon_of(task: Task) -> float:
    """Return the horizon of a rule on time, NaN for a task that does not read time.

    Raises
    ------
    StudyError
        When a rule reads time in another way than as an event before a horizon (of a censored case nobody knows more),
        or the horizon is not a follow-up in months.
    """
    if task.rule is None:
        return float("nan")
    rule = parse(task.rule, WHERE)
    if TIME not in rule.columns:
        return float("nan")
    match rule.expression:
        case And(parts) if len(parts) == 2 and HAS_EVENT in parts:
            before = parts[0] if parts[1] == HAS_EVENT else parts[1]
            if isinstance(before, Comparison) and (before.column, before.mark) == (TIME, "<"):
                if 0 < float(before.value) <= LONGEST_MONTHS:
                    return float(before.value)
                beyond = f"the rule {rule.text!r} has a horizon outside 0 to {LONGEST_MONTHS:g} months"
                raise StudyError(WHERE, beyond, "give the horizon in months, as `time` is")
    broken = f"the rule {rule.text!r} is not understood: a rule on time means an event before a horizon"
    raise StudyError(WHERE, broken, "write `time < 12 & event` with your horizon, or a rule on other columns")


def task_labels(cohort: pd.DataFrame, task: Task) -> pd.Series:
    """Derive the labels of a binary task.

    With a rule on time, a case censored before the horizon is unknown: it may yet have had the event. With another
    rule, a case is unknown where an unknown value leaves the rule open. A value is compared with the positive one by
    what it means: 1, 1.0, "01" and "1" are the same number.

    Parameters
    ----------
    cohort : DataFrame
        With `case` and the columns the task reads.
    task : Task

    Returns
    -------
    Series of float, indexed by case
        1 positive, 0 negative, NaN unknown.
    """
    if task.rule is None:
        labels = _labels_of_value(cohort[task.column], task.positive)
    elif np.isnan(horizon := horizon_of(task)):
        labels = parse(task.rule, WHERE).holds(cohort)
    else:
        labels = _labels_of_horizon(cohort, horizon)
    return pd.Series(labels, index=cohort["case"].to_numpy(), name="label")


def _labels_of_value(values: pd.Series, positive: object) -> Labels:
    is_positive = values.map(canonical, na_action="ignore") == canonical(positive)
    return np.asarray(is_positive.astype(float).where(values.notna()), dtype=np.float64)


def _labels_of_horizon(cohort: pd.DataFrame, horizon: float) -> Labels:
    early = (cohort[TIME] < horizon) & (cohort[EVENT] == 1)
    late = cohort[TIME] >= horizon
    return np.asarray(early.astype(float).where(early | late), dtype=np.float64)
