"""Train a classifier on the selected features of one fold and score the rows it has not seen."""

from collections.abc import Mapping, Sequence
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.files import read_json
from sonomics.core.jobs import run_job, threads
from sonomics.core.models import write_model
from sonomics.core.schemas import SELECTED
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table
from sonomics.train.rows import divide, training_parser, write_predictions

PROBABILITY, SCORE = "probability", "score"
RADSCORE = "radscore"


def build(settings: Mapping[str, Any], seed: int) -> Any:
    """Make an unfitted scikit-learn classifier; classes weigh the same whatever their numbers."""
    from sklearn.dummy import DummyClassifier
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.svm import SVC

    kind = settings["kind"]
    if kind == "forest":
        return RandomForestClassifier(
            settings["trees"], min_samples_leaf=2, class_weight="balanced", random_state=seed, n_jobs=threads()
        )
    if kind == "svm":
        return SVC(C=settings["cost"], class_weight="balanced")
    if kind == "logistic":
        return LogisticRegression(C=settings["cost"], class_weight="balanced", max_iter=1000)
    if kind == "prevalence":
        return DummyClassifier(strategy="prior")
    raise ValueError(f"no classifier of kind {kind}")


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


def fit(settings: Mapping[str, Any], values: NDArray[np.float64], labels: NDArray[np.float64], seed: int) -> Any:
    """Fit a classifier; without a feature, or with rows of one class, it can only give the share of positives.

    Parameters
    ----------
    settings : mapping
        One of `train.models`.
    values : (rows, features) array
    labels : (rows,) array of 0 and 1
    seed : int

    Returns
    -------
    scikit-learn classifier
    """
    if values.shape[1] == 0 or len(set(labels)) < 2:
        return build({"kind": "prevalence"}, seed).fit(values, labels)
    return build(settings, seed).fit(values, labels)


def apply(model: Any, values: NDArray[np.float64]) -> tuple[str, NDArray[np.float64]]:
    """Score rows.

    Returns
    -------
    kind : {"probability", "score"}
        A score is a signed distance from the boundary.
    values : (rows,) array
        Larger means positive.
    """
    if hasattr(model, "predict_proba"):
        return PROBABILITY, model.predict_proba(values) @ (model.classes_ == 1.0)
    return SCORE, model.decision_function(values)


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
        model = fit(settings, values[division.inside], division.labels[division.inside].to_numpy(), seed)
    kind, scores = apply(model, values[division.outside])
    write_model(args.state, model)
    write_predictions(rows, division, kind, scores, args)


if __name__ == "__main__":
    run_job(main)
