"""Share the value that a model gives a row out among its features (Shapley values; Lundberg & Lee 2017)."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sonomics.core.rows import apply_in_batches

Rows = NDArray[np.float64]
# Training rows are told by this many centroids, so that no row of a patient is kept; a usual choice, no more is gained.
CENTROIDS = 10
# Orders of the features that are tried where a classifier is neither linear nor made of trees; shap's own default.
ORDERS = 10
PROBABILITY, LOG_ODDS, DISTANCE = "probability", "log odds", "distance"
LOG_HAZARD, EXPECTED_EVENTS = "log hazard", "expected events"


class Attributions(NamedTuple):
    """What every feature adds to the value of every row, for one class.

    Attributes
    ----------
    shares : (rows, features) float array
        They sum, with `base`, to the value of the row.
    base : float
        The mean value of the background.
    scale : {"probability", "log odds", "distance", "log hazard", "expected events"}
        Of the value: of the class by trees, of a linear model, from the boundary of another one, of a Cox model, of a
        survival forest.
    """

    shares: Rows
    base: float
    scale: str


def summarise_background(values: Rows, seed: int) -> Rows:
    """Summarise training rows by centroids (k-means); as they are where they are few.

    The centroid of two rows may lie on the split of a tree, which lies midway between them: both are read in single
    precision, as scikit-learn's trees read their rows, so that shap and the tree send it the same way.

    Parameters
    ----------
    values : (rows, features) float array
        Finite.
    seed : int

    Returns
    -------
    (at most `CENTROIDS`, features) float array
        Of values that single precision has.
    """
    from sklearn.cluster import KMeans

    distinct = np.unique(values, axis=0)
    if len(distinct) <= CENTROIDS:
        return distinct.astype(np.float32).astype(np.float64)
    means = KMeans(CENTROIDS, n_init=1, random_state=seed).fit(values).cluster_centers_
    return np.asarray(means.astype(np.float32), dtype=np.float64)


def explain_classifier(
    classifier: Any, background: Rows, values: Rows, codes: Sequence[float], seed: int
) -> list[Attributions]:
    """Compute Shapley values of the value that a classifier gives each class, against a background.

    Forests, boosted trees of two classes, and linear models have exact values. Of others they are estimated over random
    orders of the features, both ways, with which they sum to the value all the same.

    Parameters
    ----------
    classifier : scikit-learn classifier
        Fitted.
    background : (n, features) float array
        From `summarise_background`.
    values : (rows, features) float array
    codes : sequence of float
        The labels of the classes: 1, or the places of all of several classes.
    seed : int
        Of the orders.

    Returns
    -------
    list of Attributions
        One for each code. All 0 for a classifier that has learned from no feature, and for a class it has not seen.
    """
    nothing = Attributions(np.zeros(values.shape), np.nan, PROBABILITY)
    if not values.size or type(classifier).__name__ == "DummyClassifier":
        return [nothing for _ in codes]
    columns, bases, scale = _explain_columns(classifier, background, values, seed)
    known = {float(code): place for place, code in enumerate(classifier.classes_)}
    if len(bases) == 1:
        known = {float(classifier.classes_[-1]): 0}
    return [
        Attributions(columns[..., known[code]], bases[known[code]], scale) if code in known else nothing
        for code in codes
    ]


def explain_linear(coefficients: Rows, background: Rows, values: Rows, scale: str) -> Attributions:
    """Compute Shapley values of a linear predictor without intercept: exact, for features taken as independent.

    Parameters
    ----------
    coefficients : (features,) float array
    background, values : (n, features) float array
    scale : str
        Of the predictor.
    """
    shares = coefficients * (values - background.mean(axis=0))
    return Attributions(shares, float((coefficients * background.mean(axis=0)).sum()), scale)


def explain_function(
    function: Callable[[Rows], Rows], background: Rows, values: Rows, scale: str, seed: int
) -> Attributions:
    """Estimate Shapley values of any function of rows over random orders of the features, both ways.

    Parameters
    ----------
    function : callable
        Takes (n, features) rows, returns (n,) values.
    background, values : (n, features) float array
    scale : str
        Of the function.
    seed : int
        Of the orders.
    """
    import shap

    if not values.size:
        return Attributions(np.zeros(values.shape), np.nan, scale)
    masker = shap.maskers.Independent(background, max_samples=len(background))
    explain = shap.explainers.Permutation(lambda rows: apply_in_batches(function, rows), masker, seed=seed)
    found = explain(values, max_evals=ORDERS * (2 * values.shape[1] + 1), silent=True).values
    return Attributions(np.asarray(found, dtype=np.float64), float(function(background).mean()), scale)


def _explain_columns(
    classifier: Any, background: Rows, values: Rows, seed: int
) -> tuple[NDArray[np.float64], list[float], str]:
    """Return shares (rows, features, columns), the base of each column, and the scale; two classes have one column."""
    import shap

    of_two = len(classifier.classes_) == 2
    boosted = "GradientBoosting" in type(classifier).__name__
    if hasattr(classifier, "estimators_") and (of_two or not boosted):
        explainer = shap.TreeExplainer(
            classifier, data=background, feature_perturbation="interventional", model_output="probability"
        )
        found = np.asarray(explainer.shap_values(values), dtype=np.float64)
        found = found[..., np.newaxis] if found.ndim == 2 else found[..., -1:] if of_two else found
        means = classifier.predict_proba(background).mean(axis=0)
        return found, [float(mean) for mean in (means[-1:] if of_two else means)], PROBABILITY
    # The coefficients of support vectors are of pairs of classes.
    if hasattr(classifier, "coef_") and (of_two or hasattr(classifier, "predict_proba")):
        linear = [explain_linear(row, background, values, LOG_ODDS) for row in classifier.coef_]
        bases = [each.base + float(shift) for each, shift in zip(linear, classifier.intercept_, strict=True)]
        scale = LOG_ODDS if hasattr(classifier, "predict_proba") else DISTANCE
        return np.stack([each.shares for each in linear], axis=-1), bases, scale
    gives_probabilities = hasattr(classifier, "predict_proba")
    decide = classifier.predict_proba if gives_probabilities else classifier.decision_function
    masker = shap.maskers.Independent(background, max_samples=len(background))
    explain = shap.explainers.Permutation(lambda rows: apply_in_batches(decide, rows), masker, seed=seed)
    found = explain(values, max_evals=ORDERS * (2 * values.shape[1] + 1), silent=True).values
    found = np.asarray(found, dtype=np.float64)
    means = np.atleast_1d(decide(background).mean(axis=0))
    scale = PROBABILITY if gives_probabilities else DISTANCE
    return found[..., np.newaxis] if found.ndim == 2 else found, [float(mean) for mean in means], scale
