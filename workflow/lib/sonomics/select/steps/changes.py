"""Steps that give features new values: what they learned from training rows is applied to any rows."""

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from sonomics.kinds.steps import STEPS
from sonomics.select.steps.training import Change, Training


def apply_changes(rows: pd.DataFrame, changes: Sequence[Change]) -> pd.DataFrame:
    """Give any rows the new values of some steps, one step after the other.

    Parameters
    ----------
    rows : DataFrame
        Features, indexed as those of `Training`.
    changes : sequence of dict
        Of `Kept`, in the order of the steps; `step` names the step.

    Returns
    -------
    DataFrame
        The same rows; a step may replace the columns.
    """
    for change in changes:
        rows = STEPS.get(change["step"]).load_transform()(change, rows)
    return rows


def change_training(training: Training, change: Change) -> Training:
    """Return the training rows and their repeats with the new values of a step."""
    repeats = {
        name: (apply_changes(first, [change]), apply_changes(second, [change]))
        for name, (first, second) in training.repeats.items()
    }
    return replace(training, rows=apply_changes(training.rows, [change]), repeats=repeats)
