"""Share the value that a classifier gives a row out among its features (Shapley values; Lundberg & Lee 2017)."""

from collections.abc import Callable
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


class Attributions(NamedTuple):
    """What every feature adds to the value of every row.

    Attributes
    ----------
    shares : (rows, features) float array
        They sum, with `base`, to the value of the row.
    base : float
        The mean value of the background.
    scale : {"probability", "log odds", "distance"}
        Of the value: of the positive class by trees, of a linear model, from the boundary of another one.
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


def explain_rows(classifier: Any, background: Rows, values: Rows, seed: int) -> Attributions:
    """Compute Shapley values of the value of the positive class, against a background.

    Trees and linear models have exact values. Of others they are estimated over random orders of the features, both
    ways, with which they sum to the value all the same.

    Parameters
    ----------
    classifier : scikit-learn classifier
        Fitted, of two classes.
    background : (n, features) float array
        From `summarise_background`.
    values : (rows, features) float array
    seed : int
        Of the orders.

    Returns
    -------
    Attributions
        All 0 for a classifier that has learned from no feature.
    """
    import shap

    if not len(values) or not values.shape[1] or not hasattr(classifier, "n_features_in_") or _is_constant(classifier):
        return Attributions(np.zeros(values.shape), np.nan, PROBABILITY)
    if _is_made_of_trees(classifier):
        explainer = shap.TreeExplainer(
            classifier, data=background, feature_perturbation="interventional", model_output="probability"
        )
        found = np.asarray(explainer.shap_values(values), dtype=np.float64)
        positive = found[..., -1] if found.ndim == 3 else found
        base = float(np.mean(classifier.predict_proba(background)[:, -1]))
        return Attributions(positive, base, PROBABILITY)
    masker = shap.maskers.Independent(background, max_samples=len(background))
    base = float(np.mean(classifier.decision_function(background)))
    scale = LOG_ODDS if hasattr(classifier, "predict_proba") else DISTANCE
    if hasattr(classifier, "coef_"):
        found = shap.LinearExplainer((classifier.coef_[0], classifier.intercept_[0]), masker).shap_values(values)
        return Attributions(np.asarray(found, dtype=np.float64), base, scale)
    decide: Callable[[Rows], Rows] = lambda rows: apply_in_batches(classifier.decision_function, rows)  # noqa: E731
    explain = shap.explainers.Permutation(decide, masker, seed=seed)
    evaluations = ORDERS * (2 * values.shape[1] + 1)
    found = explain(values, max_evals=evaluations, silent=True).values
    return Attributions(np.asarray(found, dtype=np.float64), base, scale)


def _is_made_of_trees(classifier: Any) -> bool:
    return hasattr(classifier, "estimators_") or type(classifier).__name__ == "HistGradientBoostingClassifier"


def _is_constant(classifier: Any) -> bool:
    return type(classifier).__name__ == "DummyClassifier"
