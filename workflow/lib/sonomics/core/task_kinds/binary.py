"""Binary tasks: a label is 1, 0 or unknown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import LONGEST_MONTHS, refuse_rows
from sonomics.core.rules import And, Comparison, parse
from sonomics.core.schemas import EVENT, IDENTITY, OPTIONAL, SIMULATED, TIME
from sonomics.core.seeds import generator
from sonomics.core.task_kinds.cells import read_words
from sonomics.core.task_kinds.outcome import LABEL, Outcome
from sonomics.core.words import canonical

if TYPE_CHECKING:
    from sonomics.core.settings.tasks import BinaryTask

Labels = NDArray[np.float64]

WHERE = "params.yaml, study.tasks"
HAS_EVENT = Comparison(EVENT, "!=", 0.0)


class Binary(Outcome):
    """A label by the value of a column, or by a rule on columns."""

    def sources(self, task: "BinaryTask") -> tuple[str, ...]:
        """Name the column of the label, or the columns of its rule."""
        return parse(task.rule, WHERE).columns if task.rule is not None else (str(task.column),)

    def numbers(self, task: "BinaryTask") -> tuple[str, ...]:
        """Name the columns that the rule compares with numbers."""
        if task.rule is None:
            return ()
        comparisons = parse(task.rule, WHERE).comparisons
        return tuple(comparison.column for comparison in comparisons if isinstance(comparison.value, float))

    def read(self, cohort: pd.DataFrame, task: "BinaryTask") -> pd.DataFrame:
        """Read the labels.

        With a rule on time, a case censored before the horizon is unknown: it may yet have had the event. With another
        rule, a case is unknown where an unknown value leaves the rule open. A value is compared with the positive one
        by what it means: 1, 1.0, "01" and "1" are the same number.
        """
        if task.rule is None:
            labels = _read_column(cohort[task.column], task)
        elif np.isnan(horizon := find_horizon(task)):
            labels = parse(task.rule, WHERE).holds(cohort)
        else:
            labels = _read_horizon(cohort, horizon)
        return pd.DataFrame({LABEL: labels}, index=cohort["case"].to_numpy())

    def check_task(self, name: str, task: "BinaryTask") -> None:
        """Stop a study whose rule is not understood, or reads what cannot be a label."""
        find_horizon(task)
        for column in self.sources(task) if task.rule is not None else ():
            if column in (*IDENTITY, *OPTIONAL) or column.startswith(SIMULATED):
                kind = "simulated ground truth" if column.startswith(SIMULATED) else "which is not a label"
                rule = f"the rule {task.rule!r} reads {column}, {kind}"
                raise StudyError(f"{WHERE}.{name}", rule, "write a rule on other columns")

    def check_cells(self, table: pd.DataFrame, name: str, task: "BinaryTask", where: str) -> None:
        """Stop a study with a label that differs from the positive value only in upper and lower case."""
        if task.column is None:
            return
        positive = canonical(task.positive)
        words = read_words(table[task.column], task.unknown, task.separator)
        is_misspelt = words.map(
            lambda found: any(word != positive and word.casefold() == positive.casefold() for word in found)
        ).astype(bool)
        rule = f"differs from the positive value of the task {name} only in upper and lower case"
        refuse_rows(is_misspelt, task.column, where, rule, "write it as study.tasks states it, everywhere")

    def check_training(
        self, known: pd.DataFrame, patients: pd.Series, name: str, task: "BinaryTask", where: str
    ) -> None:
        """Stop a study whose training set lacks one of the two labels."""
        if gap := self.find_gap(known, task):
            rule = f"the training set has {len(known)} {gap} for the task {name}"
            raise StudyError(where, rule, "training needs both classes; check the task's column or rule in params.yaml")

    def find_gap(self, known: pd.DataFrame, task: "BinaryTask") -> str:
        """Say whether both labels are there."""
        return "known labels of one class" if known[LABEL].nunique() < 2 else ""

    def stratify(self, outcomes: pd.DataFrame) -> "pd.Series[str]":
        """Name the stratum by the label."""
        return outcomes[LABEL].map({0.0: "negative", 1.0: "positive"}).fillna("unknown")

    def classes(self, task: "BinaryTask") -> list[str]:
        """Name the positive class alone."""
        return ["1"]

    def count(self, known: pd.DataFrame, task: "BinaryTask") -> dict[str, Any]:
        """Count the positives."""
        return {"positives": int(known[LABEL].sum())}

    def describe(self, known: pd.DataFrame, task: "BinaryTask") -> str:
        """Say how many are positive."""
        return f"{int(known[LABEL].sum())} of {len(known)} positive"

    def mark_others(self, outcomes: pd.DataFrame, task: "BinaryTask") -> "pd.Series[bool]":
        """Mark the negative cases of a column: whatever is not the positive value is negative."""
        return (outcomes[LABEL] == 0) & (task.column is not None)

    def permute(self, known: pd.DataFrame, *names: object) -> pd.DataFrame:
        """Permute labels, as many positives going to the cases of either label as their numbers ask for."""
        return pd.DataFrame({LABEL: _permute(known[LABEL], *names)})


def find_horizon(task: "BinaryTask") -> float:
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


def _read_column(values: pd.Series, task: "BinaryTask") -> Labels:
    positive = canonical(task.positive)
    words: Sequence[tuple[str, ...]] = read_words(values, task.unknown, task.separator).tolist()
    return np.array([float(positive in found) if found else np.nan for found in words], dtype=np.float64)


def _read_horizon(cohort: pd.DataFrame, horizon: float) -> Labels:
    early = (cohort[TIME] < horizon) & (cohort[EVENT] == 1)
    late = cohort[TIME] >= horizon
    return np.asarray(early.astype(float).where(early | late), dtype=np.float64)


def _permute(labels: pd.Series, *names: object) -> pd.Series:
    positives = int(labels.sum())
    to_positives = round(positives * positives / len(labels))
    permuted = labels.copy()
    for value, count in ((1.0, to_positives), (0.0, positives - to_positives)):
        members = labels.index[labels == value]
        is_positive = generator("shuffle", *names, value).permutation(len(members)) < count
        permuted[members] = is_positive.astype(float)
    return permuted
