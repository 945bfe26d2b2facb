"""Train a classifier on the selected features of each fold and score the rows it has not seen."""

from collections.abc import Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.files import read_json
from sonomics.core.folds import read_groups
from sonomics.core.jobs import progress, run_job
from sonomics.core.models import write_model
from sonomics.core.registry import load
from sonomics.core.schemas import SELECTED, TRIALS
from sonomics.core.seeds import seed_for
from sonomics.core.settings.tasks import Task
from sonomics.core.settings.train import Model
from sonomics.core.tables import read_table, write_table
from sonomics.core.tasks import as_array, outcome_of
from sonomics.kinds.models import MODELS
from sonomics.kinds.tasks import TASKS
from sonomics.train.attributions.explain import Attributions, explain_classifier
from sonomics.train.classifiers.fit import fit_classifier, fit_prevalence, score_rows
from sonomics.train.classifiers.folds import summarise_labels
from sonomics.train.classifiers.learner import Floats, Learner, Predicted
from sonomics.train.fold.job import training_parser, write_columns
from sonomics.train.fold.rows import divide, read_cases
from sonomics.train.search.grid import choose_values
from sonomics.train.search.inner_folds import TrainingRows, search_values

ROW = ["patient", "case", "image"]


def main(argv: Sequence[str] | None = None) -> None:
    """Write, for every fold, the model and its predictions."""
    parser = training_parser(__doc__)
    parser.add_argument("--selected", type=Path, required=True, help="folder of the variant in results/select")
    args = parser.parse_args(argv)
    settings = args.settings.train.models[args.model]
    task = args.settings.study.tasks[args.task]
    learner: Learner = load(TASKS.get(task.type).learner)
    cases, groups = read_cases(args), read_groups(args.folds)
    for fold in progress(args.fold, "folds"):
        folders = [args.selected / family / args.task / fold for family in settings.families]
        rows = join_families([folder / "features.parquet" for folder in folders])
        division = divide(rows, cases, fold, settings.predictor)
        names = [name for name in rows.columns if name not in ROW]
        values = rows[names].to_numpy()
        if MODELS.get(settings.kind).is_selected and names:
            classifier = MODELS.build(settings.kind)(read_json(folders[0] / "state.json"), names)
        else:
            seed = seed_for(args.settings.study.seed, "train", args.model, args.task, fold)
            fitted = division.fitted
            together = rows.loc[fitted, "patient"].map(groups).to_numpy(dtype=np.str_)
            outcomes = as_array(division.outcomes[fitted])
            seen, chosen = TrainingRows(values[fitted], outcomes, together), settings
            if searches_by_trials(settings):
                seeds = [args.settings.study.seed, args.model, args.task, fold]
                chosen, trials = search_values(settings, task, learner, seen, seed, seeds)
                write_table(trials, args.out / fold / "trials.parquet", TRIALS)
            classifier = learner.fit(chosen, *seen, seed)
        write_model(args.out / fold / "model.skops", classifier)
        write_columns(rows, division, learner.predict(classifier, values[division.scored], task), args)


def searches_by_trials(settings: Model) -> bool:
    """Tell whether the values of a model are searched by trials, which a table records."""
    search = getattr(settings, "search", None)
    return search is not None and search.method != "grid"


def join_families(tables: Sequence[Path]) -> pd.DataFrame:
    """Read the selected features of some families and put them next to each other, one row per image or case."""
    families = [read_table(path, SELECTED) for path in tables]
    return reduce(lambda left, right: left.merge(right, on=ROW, validate="1:1"), families)


def fit(
    settings: Model,
    values: NDArray[np.float64],
    labels: NDArray[np.float64],
    groups: NDArray[np.str_],
    seed: int,
) -> Any:
    """Fit a classifier; without a feature, or with rows of one class, it can only give the share of positives.

    Parameters
    ----------
    settings : Model
        One of `train.models`; with `search`, its values are chosen by the AUC in inner folds.
    values : (rows, features) array
    labels : (rows,) array of 0 and 1
    groups : (rows,) array of str
        The rows of a group stay in one inner fold.
    seed : int

    Returns
    -------
    scikit-learn classifier
    """
    if values.shape[1] == 0 or len(set(labels)) < 2:
        return fit_prevalence(values, labels)
    if search := getattr(settings, "search", None):
        settings = choose_values(settings, search, values, labels, groups, seed)
    return fit_classifier(settings, values, labels, seed)


def predict_labels(classifier: Any, values: NDArray[np.float64], task: Task) -> list[Predicted]:
    """Predict the value of the positive class, or of each of several."""
    outcome = outcome_of(task)
    kind, scores = score_rows(classifier, values, outcome.codes(task))
    columns = zip(outcome.classes(task), np.atleast_2d(scores.T), strict=True)
    return [Predicted(name, kind, float("nan"), column) for name, column in columns]


def explain_labels(
    classifier: Any, background: Floats, values: Floats, task: Task, seed: int
) -> dict[str, Attributions]:
    """Explain the value of the positive class, or of each of several."""
    outcome = outcome_of(task)
    found = explain_classifier(classifier, background, values, outcome.codes(task), seed)
    return dict(zip(outcome.classes(task), found, strict=True))


LABEL_LEARNER = Learner(fit, predict_labels, summarise_labels, explain_labels)


if __name__ == "__main__":
    run_job(main)
