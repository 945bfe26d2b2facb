"""What a step of the selection sees, the training rows of a fold, and what it leaves."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import as_array, outcome_of
from sonomics.kinds.tasks import TASKS, TaskKind

NO_FEATURE = "not applied: no feature is left"
FEW_ROWS = "not estimable: too few training rows of a class"

Change = dict[str, Any]
Repeats = Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]

# Columns of the cross-validation curve and of the coefficient path.
CURVE = ("penalty", "deviance", "standard_error", "features", "rule")
PATH = ("penalty", "feature", "coefficient")


@dataclass(frozen=True)
class Training:
    """The training rows of a fold.

    Attributes
    ----------
    rows : DataFrame
        Features, indexed by (patient, case, image, device, centre); NaN where undefined.
    outcomes : DataFrame
        Of each row, as `task_outcomes` returns them, all known.
    repeats : mapping
        Name of a reading to two frames of the same rows: the analysis reading and the repeat.
    seed : int
        Of inner folds.
    task : Task
        Whose outcomes they are.
    """

    rows: pd.DataFrame
    outcomes: pd.DataFrame
    repeats: Repeats
    seed: int
    task: Task

    @property
    def labels(self) -> NDArray[np.float64]:
        """The outcomes as an array: (rows,) labels, or (rows, 2) times and events."""
        return as_array(self.outcomes)

    @property
    def strata(self) -> "pd.Series[str]":
        """The stratum of each row, by which inner folds are balanced."""
        return outcome_of(self.task).stratify(self.outcomes)

    @property
    def balanced(self) -> NDArray[np.float64]:
        """The label or event of each row, by which inner folds are balanced."""
        return self.outcomes[outcome_of(self.task).balanced].to_numpy(dtype=np.float64)

    @property
    def places(self) -> list[float]:
        """The labels that there may be."""
        return outcome_of(self.task).labels(self.task)

    @property
    def kind(self) -> TaskKind:
        """The kind of the task."""
        return TASKS.get(self.task.type)

    def fill(self, names: list[str]) -> pd.DataFrame:
        """Return features with the median where they are undefined."""
        values = self.rows[names]
        return pd.DataFrame(np.where(values.isna(), values.median(), values), values.index, values.columns)

    def scale(self, names: list[str]) -> pd.DataFrame:
        """Return z-scored features, filled."""
        filled = self.fill(names)
        return (filled - filled.mean()) / filled.std(ddof=0)

    @property
    def patients(self) -> list[str]:
        """The patient of each row."""
        return [str(patient) for patient in self.rows.index.get_level_values("patient")]


@dataclass(frozen=True)
class PenalisedModel:
    """A penalised regression: coefficients of z-scored features, and the cross-validation that chose the penalty.

    Attributes
    ----------
    coefficients : dict of str to float
        Those that are not zero.
    intercept, penalty : float
        NaN when nothing was fitted.
    curve : dict of str to list
        `penalty`, `deviance`, `standard_error` of the cross-validation, number of `features` with a coefficient, and
        the `rule` that chooses the penalty ("" for most; "min, 1se" where both choose it).
    path : dict of str to list
        `penalty`, `feature`, `coefficient` for every coefficient that is not zero and for the intercept.
    of_classes : dict of str to dict
        Of a regression of several classes: class -> its `intercept` and `coefficients`; the above are then empty.
    """

    coefficients: dict[str, float] = field(default_factory=dict)
    intercept: float = float("nan")
    penalty: float = float("nan")
    curve: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in CURVE})
    path: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PATH})
    of_classes: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """What a step leaves.

    Attributes
    ----------
    names : list of str
        The features that stay.
    note : str
        Why the step could not be applied, or a remark on its result; "" when there is nothing to say.
    model : PenalisedModel or None
        What a penalised regression fitted besides choosing.
    change : dict or None
        JSON-ready: how a step that gives features new values gives them to any rows, see `apply_changes`.
    """

    names: list[str]
    note: str = ""
    model: PenalisedModel | None = field(default=None, compare=False)
    change: Change | None = field(default=None, compare=False)
