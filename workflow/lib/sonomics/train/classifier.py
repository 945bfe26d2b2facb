"""Train a classifier on the selected features of one fold and score the rows it has not seen."""

from collections.abc import Mapping, Sequence
from functools import reduce
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.folds import read_groups
from sonomics.core.jobs import run_job, threads
from sonomics.core.models import write_model
from sonomics.core.schemas import SELECTED
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table
from sonomics.statistics.discrimination.auc import auc
from sonomics.train.rows import divide, training_parser, write_predictions

PROBABILITY, SCORE = "probability", "score"
RADSCORE = "radscore"
BALANCED = "balanced"


def build(settings: Mapping[str, Any], seed: int) -> Any:
    """Make an unfitted scikit-learn classifier; unless params say otherwise, classes weigh the same."""
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    weight = BALANCED if settings.get("class_weight", BALANCED) == BALANCED else None
    match settings["kind"]:
        case "forest":
            return RandomForestClassifier(
                settings["trees"], min_samples_leaf=2, class_weight=weight, random_state=seed, n_jobs=threads()
            )
        case "boosting":
            return GradientBoostingClassifier(
                n_estimators=settings["trees"], learning_rate=settings["rate"], max_depth=settings["depth"],
                subsample=0.8, random_state=seed,
            )  # fmt: skip
        case "svm":
            return SVC(C=settings["cost"], kernel=settings.get("kernel", "rbf"), class_weight=weight)
        case "logistic":
            return LogisticRegression(C=settings["cost"], class_weight=weight, max_iter=1000)
        case "prevalence":
            return DummyClassifier(strategy="prior")
    raise ValueError(f"no classifier of kind {settings['kind']}")


def radiomics_score(selection: Mapping[str, Any], names: Sequence[str]) -> Any:
    """Make a fitted classifier of the coefficients that the LASSO gave: the radiomics score.

    Parameters
    ----------
    selection : mapping
        State of `select`, with `coefficients` and `intercept` of z-scored features.
    names : sequence of str
        The features, in the order of the columns that the classifier will see.

    Returns
    -------
    scikit-learn classifier

    Raises
    ------
    StudyError
        When the selection did not end in a penalised regression.
    """
    from sklearn.linear_model import LogisticRegression

    if not selection["coefficients"]:
        rule = "a radscore needs the coefficients of a penalised last step"
        raise StudyError(
            "params.yaml, select.steps", rule, "end the steps with lasso or elastic_net, or take a logistic model"
        )

    model = LogisticRegression()
    model.classes_ = np.array([0.0, 1.0])
    model.coef_ = np.array([[selection["coefficients"][name] for name in names]])
    model.intercept_ = np.array([selection["intercept"]])
    model.n_features_in_ = len(names)
    return model


def fit(
    settings: Mapping[str, Any],
    values: NDArray[np.float64],
    labels: NDArray[np.float64],
    groups: NDArray[np.str_],
    seed: int,
) -> Any:
    """Fit a classifier; without a feature, or with rows of one class, it can only give the share of positives.

    Parameters
    ----------
    settings : mapping
        One of `train.models`; with `search`, its values are chosen by the AUC in inner folds.
    values : (rows, features) array
    labels : (rows,) array of 0 and 1
    groups : (rows,) array of str
        A group's rows stay in one inner fold.
    seed : int

    Returns
    -------
    scikit-learn classifier
    """
    if values.shape[1] == 0 or len(set(labels)) < 2:
        return build({"kind": "prevalence"}, seed).fit(values, labels)
    chosen = searched(settings, values, labels, groups, seed) if "search" in settings else settings
    return _fitted(chosen, values, labels, seed)


def searched(
    settings: Mapping[str, Any],
    values: NDArray[np.float64],
    labels: NDArray[np.float64],
    groups: NDArray[np.str_],
    seed: int,
) -> Mapping[str, Any]:
    """Choose among all combinations of `search.values` by the mean AUC over inner folds, by group and class.

    Of equal ones the first in the order of params wins, and so it does when there are too few groups of a class for
    two inner folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    search = settings["search"]
    names = list(search["values"])
    candidates = [
        {**settings, **dict(zip(names, choice, strict=True))} for choice in product(*search["values"].values())
    ]
    fewest = min(len(set(groups[labels == label])) for label in (0.0, 1.0))
    count = min(search["folds"], fewest)
    if count < 2:
        return candidates[0]
    parts = StratifiedGroupKFold(count, shuffle=True, random_state=seed).split(values, labels, groups)
    aucs = np.full((len(candidates), count), np.nan)
    for fold, (inside, outside) in enumerate(parts):
        if len(set(labels[inside])) < 2:
            continue
        for number, candidate in enumerate(candidates):
            model = _fitted(candidate, values[inside], labels[inside], seed)
            aucs[number, fold] = auc(labels[outside], apply(model, values[outside])[1])
    estimable = ~np.isnan(aucs).all(axis=0)
    if not estimable.any():
        return candidates[0]
    return candidates[int(np.argmax(aucs[:, estimable].mean(axis=1).round(12)))]


def _fitted(settings: Mapping[str, Any], values: NDArray[np.float64], labels: NDArray[np.float64], seed: int) -> Any:
    model = build(settings, seed)
    if settings["kind"] == "boosting" and settings.get("class_weight", BALANCED) == BALANCED:
        share = labels.mean()
        return model.fit(values, labels, sample_weight=np.where(labels == 1, 0.5 / share, 0.5 / (1 - share)))
    return model.fit(values, labels)


def apply(model: Any, values: NDArray[np.float64]) -> tuple[str, NDArray[np.float64]]:
    """Score rows.

    Returns
    -------
    kind : {"probability", "score"}
        A score is a signed distance from the boundary.
    values : (rows,) array
        Larger means positive. Empty without rows, which scikit-learn does not take: a study may have no test set.
    """
    kind = PROBABILITY if hasattr(model, "predict_proba") else SCORE
    if not len(values):
        return kind, np.empty(0)
    if kind == PROBABILITY:
        return kind, model.predict_proba(values) @ (model.classes_ == 1.0)
    return kind, model.decision_function(values)


def main(argv: Sequence[str] | None = None) -> None:
    """Write the model and its predictions."""
    parser = training_parser(__doc__)
    parser.add_argument("--features", type=Path, nargs="+", required=True)
    parser.add_argument("--selections", type=Path, nargs="+", required=True)
    args = parser.parse_args(argv)
    settings = args.settings["train"]["models"][args.model]

    about = ["patient", "case", "image"]
    tables = [read_table(path, SELECTED) for path in args.features]
    rows = reduce(lambda left, right: left.merge(right, on=about, validate="1:1"), tables)
    division = divide(rows, args)

    names = [name for name in rows.columns if name not in about]
    values = rows[names].to_numpy()
    if settings["kind"] == RADSCORE and names:
        model = radiomics_score(read_json(args.selections[0]), names)
    else:
        seed = seed_for(args.settings["study"]["seed"], "train", args.model, args.task, args.fold)
        inside = division.inside
        groups = rows.loc[inside, "patient"].map(read_groups(args.folds)).to_numpy(dtype=np.str_)
        model = fit(settings, values[inside], division.labels[inside].to_numpy(), groups, seed)
    kind, scores = apply(model, values[division.outside])
    write_model(args.state, model)
    write_predictions(rows, division, kind, scores, args)


if __name__ == "__main__":
    run_job(main)
