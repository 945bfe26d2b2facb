"""What every kind of task answers about the outcome of a case."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import generator

LABEL = "label"


class Outcome(ABC):
    """How a kind of task reads the outcomes of cases, and what it asks of them.

    Outcomes are a frame of float, indexed by case, with the columns `columns`; NaN is unknown.
    """

    columns: tuple[str, ...] = (LABEL,)
    # By what inner folds are balanced.
    balanced = LABEL

    @abstractmethod
    def sources(self, task: Any) -> tuple[str, ...]:
        """Name the columns of the cohort that the outcomes come from; the test lock masks them."""

    @abstractmethod
    def numbers(self, task: Any) -> tuple[str, ...]:
        """Name those of them that must hold numbers."""

    @abstractmethod
    def read(self, cohort: pd.DataFrame, task: Any) -> pd.DataFrame:
        """Read the outcomes of a cohort, in its order."""

    @abstractmethod
    def check_task(self, name: str, task: Any) -> None:
        """Stop a study whose task is not understood."""

    @abstractmethod
    def check_cells(self, table: pd.DataFrame, name: str, task: Any, where: str) -> None:
        """Stop a study whose columns hold what cannot be an outcome; messages name rows and repeat no cell."""

    @abstractmethod
    def check_training(self, known: pd.DataFrame, patients: pd.Series, name: str, task: Any, where: str) -> None:
        """Stop a study whose training cases cannot teach the task.

        Parameters
        ----------
        known : DataFrame
            Outcomes of the training cases that have one.
        patients : Series of str
            Of the same cases.
        name : str
            Of the task.
        task : Task
        where : str
        """

    @abstractmethod
    def find_gap(self, known: pd.DataFrame, task: Any) -> str:
        """Say what a fit on these outcomes would lack, after "the training set has"; "" when nothing."""

    @abstractmethod
    def stratify(self, outcomes: pd.DataFrame) -> "pd.Series[str]":
        """Name the stratum of each case, by which folds are balanced; of two cases of a patient the later counts."""

    @abstractmethod
    def classes(self, task: Any) -> list[str]:
        """Name the classes that predictions have a value for, as `class` of PREDICTIONS."""

    def codes(self, task: Any) -> list[float]:
        """List the labels of the same classes."""
        return [1.0]

    def labels(self, task: Any) -> list[float]:
        """List the labels that a case may have."""
        return [0.0, 1.0]

    @abstractmethod
    def count(self, known: pd.DataFrame, task: Any) -> dict[str, Any]:
        """Count what was learned from, by name, JSON-ready."""

    @abstractmethod
    def describe(self, known: pd.DataFrame, task: Any) -> str:
        """Say in words what `count` counts, out of how many."""

    def mark_others(self, outcomes: pd.DataFrame, task: Any) -> "pd.Series[bool]":
        """Mark the cases whose word in the column is none that the task names, but has a meaning; mostly none."""
        return pd.Series(False, index=outcomes.index)

    def horizons(self, task: Any) -> list[float]:
        """List the times in months at which a risk is predicted; none for labels."""
        return []

    def permute(self, known: pd.DataFrame, *names: object) -> pd.DataFrame:
        """Permute known outcomes at random, so that each stratum gets its share of every other one.

        Parameters
        ----------
        known : DataFrame
        *names
            What the random numbers are for.
        """
        return deal_evenly(known, self.stratify(known), *names)


def deal_evenly(known: pd.DataFrame, strata: "pd.Series[str]", *names: object) -> pd.DataFrame:
    """Deal the outcomes of cases to one another, evenly between strata.

    The cases stand stratum by stratum, in random order within each; the outcomes are dealt in an order in which those
    of every stratum are spread evenly, so that a stratum of a third of the cases gets a third of every outcome.
    """
    order: list[int] = []
    dealt: list[tuple[float, int]] = []
    codes = strata.to_numpy()
    for name in sorted(set(codes)):
        members: NDArray[np.intp] = np.flatnonzero(codes == name)
        order += generator("shuffle", *names, name, "cases").permutation(members).tolist()
        hands = generator("shuffle", *names, name, "outcomes").permutation(members).tolist()
        dealt += [((place + 0.5) / len(hands), hand) for place, hand in enumerate(hands)]
    source = np.empty(len(known), dtype=np.int64)
    source[order] = [hand for _, hand in sorted(dealt)]
    return pd.DataFrame(known.to_numpy()[source], index=known.index, columns=known.columns)
