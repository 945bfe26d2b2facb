"""Judge values of a model in inner folds of the training rows, whatever the kind of task."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.folds import divide_groups, leave_out_folds
from sonomics.core.schemas import RISK
from sonomics.core.settings.tasks import Task
from sonomics.core.settings.train import Model
from sonomics.core.tasks import outcome_of
from sonomics.kinds.models import Search
from sonomics.statistics.discrimination.mean_auc import mean_auc
from sonomics.statistics.survival.concordance import harrell_c
from sonomics.train.classifiers.learner import Floats, Learner, Predicted
from sonomics.train.search.trials import Judged, choose_trial, run_trials, tabulate_trials

JOURNALS = Path("work", "search")
# Probabilities are kept this far from 0 and 1 in a log loss, as scikit-learn does for double precision.
NEAREST = float(np.finfo(np.float64).eps)


class TrainingRows(NamedTuple):
    """Training rows of one fold: features (rows, features), outcomes (rows,) or (rows, 2), groups (rows,) of str."""

    features: Floats
    outcomes: Floats
    groups: NDArray[np.str_]


def search_values(
    settings: Model, task: Task, learner: Learner, rows: TrainingRows, seed: int, seeds: Sequence[object]
) -> tuple[Model, pd.DataFrame]:
    """Search for the values of a model with the best measure in inner folds of its training rows.

    Parameters
    ----------
    settings : Model
        With a `search` by random or tpe.
    task : Task
    learner : Learner
        Of the kind of task.
    rows : TrainingRows
    seed : int
        Of inner folds and fits.
    seeds : sequence of object
        Seed of the study, model, task, fold: what the trials are seeded by.

    Returns
    -------
    settings : Model
        With the chosen values, and without `search`.
    trials : DataFrame
        As `TRIALS`.

    Raises
    ------
    StudyError
        If a class has too few patients for two inner folds, or no trial could be judged.
    """
    search: Search[Any] = settings.search  # type: ignore[attr-defined]
    measure = measure_of(search, rows.outcomes)
    where = f"the search of {seeds[1]} for {seeds[2]}, fold {seeds[3]}"
    fold_of = divide_groups(rows.groups, rows.outcomes, search.folds, seed)
    if fold_of is None:
        rule = "a class has under two patients in training, so that there are no two inner folds"
        raise StudyError(where, rule, "take the search out, or give the class more patients")
    fixed = settings.model_copy(update={"search": None})

    def judge(values: Mapping[str, Any]) -> Judged:
        return judge_values(fixed.model_copy(update=dict(values)), task, learner, rows, fold_of, measure, seed)

    journal = JOURNALS / f"{_name_content(settings, task, rows, seeds)}.jsonl"
    trials = run_trials(search, measure, judge, ["search", *seeds], journal)
    chosen = choose_trial(trials, measure)
    if chosen is None:
        rule = f"none of {len(trials)} trials could be judged ({trials[0].judged.reason})"
        raise StudyError(where, rule, "change train.models.<name>.search.space, or take the search out")
    return fixed.model_copy(update=chosen.proposed), tabulate_trials(
        trials, measure, len(set(fold_of.tolist())), chosen
    )


def measure_of(search: Search[Any], outcomes: Floats) -> str:
    """Name the measure of a search: the one stated, else AUC for labels and Harrell's C for times."""
    return search.measure or ("auc" if outcomes.ndim == 1 else "c_index")


def judge_values(
    settings: Model,
    task: Task,
    learner: Learner,
    rows: TrainingRows,
    fold_of: NDArray[np.int64],
    measure: str,
    seed: int,
) -> Judged:
    """Fit without each inner fold and measure on it; a fold whose measure is undefined does not count."""
    measured = []
    try:
        for _, fitted, scored in leave_out_folds(fold_of):
            model = learner.fit(settings, rows.features[fitted], rows.outcomes[fitted], rows.groups[fitted], seed)
            measured.append(
                _measure(learner.predict(model, rows.features[scored], task), rows.outcomes[scored], task, measure)
            )
    except (ValueError, np.linalg.LinAlgError) as error:
        return Judged(np.nan, np.nan, f"the fit failed: {type(error).__name__}")
    known = np.array([value for value in measured if np.isfinite(value)])
    if not known.size:
        return Judged(np.nan, np.nan, f"{measure} is undefined in every inner fold")
    return Judged(float(known.mean()), float(known.std(ddof=1)) if known.size > 1 else np.nan, "")


def _measure(predicted: Sequence[Predicted], outcomes: Floats, task: Task, measure: str) -> float:
    if measure == "c_index":
        risk = next(values for _, kind, _, values in predicted if kind == RISK)
        return float(harrell_c(outcomes[:, 0], outcomes[:, 1], risk).estimate)
    codes = outcome_of(task).codes(task)
    columns = np.column_stack([values for *_, values in predicted])
    if measure == "auc":
        return mean_auc(outcomes, columns, codes)
    of_label = columns if len(codes) > 1 else np.column_stack([1 - columns[:, 0], columns[:, 0]])
    place = {float(code): column for column, code in enumerate(codes if len(codes) > 1 else [1 - codes[0], codes[0]])}
    likely = of_label[np.arange(len(outcomes)), [place[float(label)] for label in outcomes]]
    return float(-np.log(np.clip(likely, NEAREST, 1 - NEAREST)).mean())


def _name_content(settings: Model, task: Task, rows: TrainingRows, seeds: Sequence[object]) -> str:
    """Name all that the trials depend on, so that a journal of other settings, rows or features is never read."""
    digest = hashlib.sha256()
    for part in (settings.plain(), task.plain(), *seeds, rows.features.shape):
        digest.update(f"{part!r}\x1f".encode())
    for array in (rows.features, rows.outcomes):
        digest.update(np.ascontiguousarray(array, dtype="<f8").tobytes())
    digest.update("\x1f".join(rows.groups.tolist()).encode())
    return digest.hexdigest()[:32]
