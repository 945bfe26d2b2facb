"""Tasks of several classes: a label is the place of the class in the list of params, counted from 0."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.task_kinds.cells import join_words_of_cell, read_words
from sonomics.core.task_kinds.outcome import LABEL, Outcome
from sonomics.core.words import canonical

if TYPE_CHECKING:
    from sonomics.core.settings.tasks import ClassesTask

FEWEST_PATIENTS = 2


class Classes(Outcome):
    """One of several classes, by the words of a column."""

    def sources(self, task: "ClassesTask") -> tuple[str, ...]:
        """Name the column."""
        return (task.column,)

    def numbers(self, task: "ClassesTask") -> tuple[str, ...]:
        """Name none: classes are words, even where they are written as numbers."""
        return ()

    def read(self, cohort: pd.DataFrame, task: "ClassesTask") -> pd.DataFrame:
        """Read the classes; a word that is not listed is unknown here, and stopped by `check_cells` before."""
        place = {name: float(number) for number, name in enumerate(self.classes(task))}
        names = _name_classes(cohort[task.column], task)
        labels = [place.get(name, np.nan) for name in names]
        return pd.DataFrame({LABEL: np.array(labels, dtype=np.float64)}, index=cohort["case"].to_numpy())

    def check_task(self, name: str, task: "ClassesTask") -> None:
        """Stop a study that lists a class twice, in two spellings or orders, or as a class and as unknown."""
        where, classes = f"params.yaml, study.tasks.{name}", self.classes(task)
        if len(set(classes)) < len(classes):
            raise StudyError(where, "two of the classes are the same", "list every class once")
        if known := set(classes) & set(map(canonical, task.unknown or ())):
            fix = "list it under classes or under unknown"
            raise StudyError(where, f"{min(known)} is a class and means unknown", fix)

    def check_cells(self, table: pd.DataFrame, name: str, task: "ClassesTask", where: str) -> None:
        """Stop a study whose column holds a word that is neither a class nor unknown."""
        classes = self.classes(task)
        found = _name_classes(table[task.column], task)
        fix = f"write one of {', '.join(classes)}, list it in study.tasks.{name}.unknown, or leave the cell empty"
        is_strange = (found != "") & ~found.isin(classes)
        refuse_rows(is_strange, task.column, where, f"is not one of the classes of the task {name}", fix)

    def check_training(
        self, known: pd.DataFrame, patients: pd.Series, name: str, task: "ClassesTask", where: str
    ) -> None:
        """Stop a study without a label in training, or with a class that fewer than two training patients have."""
        if known.empty:
            rule = f"the training set has no known label for the task {name}"
            raise StudyError(where, rule, "check the task's column in params.yaml, or take the task out")
        for place, word in enumerate(self.classes(task)):
            count = patients[(known[LABEL] == place).to_numpy()].nunique()
            if count < FEWEST_PATIENTS:
                of_class = "no training patient has" if not count else "one training patient alone has"
                rule = f"{of_class} the class {word} of the task {name}"
                fix = "give the class more training patients, or take it out of the classes and list it as unknown"
                raise StudyError(where, rule, fix)

    def find_gap(self, known: pd.DataFrame, task: "ClassesTask") -> str:
        """Name the first class without a case."""
        here = set(known[LABEL])
        absent = [word for place, word in enumerate(self.classes(task)) if place not in here]
        return f"no case of the class {absent[0]}" if absent else ""

    def stratify(self, outcomes: pd.DataFrame) -> "pd.Series[str]":
        """Name the stratum by the place of the class."""
        return outcomes[LABEL].map(lambda place: "unknown" if np.isnan(place) else f"class {int(place):03d}")

    def codes(self, task: "ClassesTask") -> list[float]:
        """List the places of the classes."""
        return [float(place) for place in range(len(task.classes))]

    def labels(self, task: "ClassesTask") -> list[float]:
        """List the places of the classes."""
        return self.codes(task)

    def count(self, known: pd.DataFrame, task: "ClassesTask") -> dict[str, Any]:
        """Count the cases of each class."""
        return {"classes": {word: int((known[LABEL] == place).sum()) for place, word in enumerate(self.classes(task))}}

    def describe(self, known: pd.DataFrame, task: "ClassesTask") -> str:
        """Say how many are of each class."""
        counts = self.count(known, task)["classes"]
        return ", ".join(f"{count} {word}" for word, count in counts.items()) + f" of {len(known)}"

    def classes(self, task: "ClassesTask") -> list[str]:
        """Name all classes, in the order of params."""
        return [_name_class(read_words(pd.Series([name]), (), task.separator)[0], task) for name in task.classes]


def _name_classes(cells: pd.Series, task: "ClassesTask") -> "pd.Series[str]":
    """Name the class of every cell; "" where it is unknown."""
    return read_words(cells, task.unknown, task.separator).map(lambda words: _name_class(words, task)).astype(str)


def _name_class(words: Iterable[str], task: "ClassesTask") -> str:
    found = list(words)
    return found[0] if found and task.several == "first" else join_words_of_cell(found, task.separator)
