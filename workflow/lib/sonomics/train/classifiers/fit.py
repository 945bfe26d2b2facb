"""Fit a classifier on training rows, and score any rows with it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonomics.core.rows import apply_in_batches, weigh_columns
from sonomics.core.schemas import PROBABILITY, SCORE
from sonomics.core.settings.train import Model
from sonomics.kinds.models import MODELS
from sonomics.train.classifiers.weights import balance_rows

POSITIVE = (1.0,)


def fit_classifier(settings: Model, values: NDArray[np.float64], labels: NDArray[np.float64], seed: int) -> Any:
    """Fit a classifier of the kind that the settings name.

    Parameters
    ----------
    settings : Model
        One of `train.models`, of a kind that takes features.
    values : (rows, features) array
    labels : (rows,) array of 0 and 1, or of the places of classes
    seed : int

    Returns
    -------
    scikit-learn classifier
    """
    kind, classifier = MODELS.get(settings.kind), MODELS.build(settings.kind)(settings, seed)
    if kind.takes_row_weights and kind.balances_classes(settings):
        return classifier.fit(values, labels, sample_weight=balance_rows(labels))
    return classifier.fit(values, labels)


def fit_prevalence(values: NDArray[np.float64], labels: NDArray[np.float64]) -> Any:
    """Fit a classifier that gives every row the share of positives of the training rows."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="prior").fit(values, labels)


def score_rows(
    classifier: Any, values: NDArray[np.float64], codes: Sequence[float] = POSITIVE
) -> tuple[str, NDArray[np.float64]]:
    """Score rows.

    Parameters
    ----------
    classifier : scikit-learn classifier
        Fitted.
    values : (rows, features) array
    codes : sequence of float
        The labels whose values are wanted: 1, or the places of all of several classes.

    Returns
    -------
    kind : {"probability", "score"}
        A score is a signed distance from the boundary.
    values : (rows,) array, or (rows, codes)
        Larger means positive, or more of the class. Empty without rows, which scikit-learn does not take: a study may
        have no test set.
    """
    kind = PROBABILITY if hasattr(classifier, "predict_proba") else SCORE
    if not len(values):
        return kind, np.empty(0 if len(codes) == 1 else (0, len(codes)))
    if kind == PROBABILITY:
        of_class = apply_in_batches(classifier.predict_proba, values)
        columns = [weigh_columns(of_class, classifier.classes_ == code) for code in codes]
        return kind, columns[0] if len(codes) == 1 else np.column_stack(columns)
    distances = apply_in_batches(classifier.decision_function, values)
    return kind, distances if len(codes) == 1 else _place_distances(distances, classifier.classes_, codes)


def _place_distances(
    distances: NDArray[np.float64], known: NDArray[np.float64], codes: Sequence[float]
) -> NDArray[np.float64]:
    """Give every class its distance; one that the classifier has not seen lies one beyond the farthest."""
    of_known = np.column_stack([-distances, distances]) if distances.ndim == 1 else distances
    farthest = of_known.min(axis=1) - 1
    place = {float(code): column for column, code in enumerate(known)}
    return np.column_stack([of_known[:, place[code]] if code in place else farthest for code in codes])
