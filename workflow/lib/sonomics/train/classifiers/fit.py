"""Fit a classifier on training rows, and score any rows with it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.schemas import PROBABILITY, SCORE
from sonomics.train.classifiers import boosting, forest, logistic, svm
from sonomics.train.classifiers.weights import balance_rows, is_balanced

BUILDERS = {"forest": forest.build, "boosting": boosting.build, "svm": svm.build, "logistic": logistic.build}


def fit_classifier(
    settings: Mapping[str, Any], values: NDArray[np.float64], labels: NDArray[np.float64], seed: int
) -> Any:
    """Fit a classifier of the kind that the settings name.

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
    classifier = BUILDERS[settings["kind"]](settings, seed)
    if settings["kind"] == "boosting" and is_balanced(settings):
        return classifier.fit(values, labels, sample_weight=balance_rows(labels))
    return classifier.fit(values, labels)


def fit_prevalence(values: NDArray[np.float64], labels: NDArray[np.float64]) -> Any:
    """Fit a classifier that gives every row the share of positives of the training rows."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(values, labels)


def score_rows(classifier: Any, values: NDArray[np.float64]) -> tuple[str, NDArray[np.float64]]:
    """Score rows.

    Parameters
    ----------
    classifier : scikit-learn classifier
        Fitted.
    values : (rows, features) array

    Returns
    -------
    kind : {"probability", "score"}
        A score is a signed distance from the boundary.
    values : (rows,) array
        Larger means positive. Empty without rows, which scikit-learn does not take: a study may have no test set.
    """
    kind = PROBABILITY if hasattr(classifier, "predict_proba") else SCORE
    if not len(values):
        return kind, np.empty(0)
    if kind == PROBABILITY:
        return kind, classifier.predict_proba(values) @ (classifier.classes_ == 1.0)
    return kind, classifier.decision_function(values)
