"""Fit a selection on training rows, and apply it to any rows."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sonomics.core.settings.select import Step
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import outcome_of
from sonomics.kinds.steps import STEPS
from sonomics.select.steps.changes import apply_changes, change_training
from sonomics.select.steps.defined import keep_defined
from sonomics.select.steps.training import PenalisedModel, Repeats, Training

State = dict[str, Any]


def choose_steps(steps: Sequence[Step], family: str) -> list[Step]:
    """Return the steps that are for a feature family: those that name it under `families`, or name no family at all."""
    return [step for step in steps if family in (step.families or [family])]


def fit_selection(
    rows: pd.DataFrame, outcomes: pd.DataFrame, repeats: Repeats, steps: Sequence[Step], seed: int, task: Task
) -> State:
    """Run the steps on training rows.

    Parameters
    ----------
    rows : DataFrame
        Features of the training rows, as `add_origin` returns them; rows of one `patient` stay in one inner fold.
    outcomes : DataFrame
        Of each row, in the same order, as `task_outcomes` returns them, all known.
    repeats : mapping
        From `pair_repeats`, cut to the training rows.
    steps : sequence of Step
        Those of `select.steps` that are for the family.
    seed : int
        Of the inner folds.
    task : Task
        Whose outcomes they are.

    Returns
    -------
    dict
        `changes` (of the steps that gave new values), `kept` (names), `median`, `mean`, `sd` of each kept feature,
        `coefficients`, `intercept`, `penalty`, `curve` and `path` of the last step when it is a penalised regression,
        and `steps`, each with the number of features before and after.
    """
    training = Training(rows, outcomes, repeats, seed, task)
    kept = keep_defined(rows)
    counts = [{"step": "defined", "in": rows.shape[1], "out": len(kept.names), "note": kept.note}]
    changes = []
    for step in steps:
        before = len(kept.names)
        kept = STEPS.build(step.step)(kept.names, training, step)
        if kept.change:
            changes.append(kept.change)
            training = change_training(training, kept.change)
        counts.append({"step": step.step, "in": before, "out": len(kept.names), "note": kept.note})
    filled = training.fill(kept.names)
    model = kept.model or PenalisedModel()
    return {
        "changes": changes,
        "kept": kept.names,
        "median": training.rows[kept.names].median().to_dict(),
        "mean": filled.mean().to_dict(),
        "sd": filled.std(ddof=0).to_dict(),
        "coefficients": model.coefficients,
        "intercept": model.intercept,
        "penalty": model.penalty,
        **({"of_classes": model.of_classes} if model.of_classes else {}),
        "curve": model.curve,
        "path": model.path,
        "rows": len(rows),
        **outcome_of(task).count(outcomes, task),
        "steps": counts,
    }


def apply_selection(state: State, rows: pd.DataFrame) -> pd.DataFrame:
    """Change, impute and z-score the kept features of any rows with the numbers of the training rows."""
    kept = state["kept"]
    values = apply_changes(rows, state["changes"]).reindex(columns=kept)
    median, mean, sd = (pd.Series(state[name], index=kept, dtype=float) for name in ("median", "mean", "sd"))
    return (values.fillna(median) - mean) / sd
