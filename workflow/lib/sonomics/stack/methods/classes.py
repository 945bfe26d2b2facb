"""Combination and calibration of the scores of several classes."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

from sonomics.statistics.calibration.calibrators import apply_isotonic_calibration, fit_isotonic_calibration
from sonomics.statistics.calibration.noisy_or import auc_weights
from sonomics.statistics.calibration.softmax import fit_softmax
from sonomics.statistics.discrimination.auc import auc

State = dict[str, Any]
Floats = NDArray[np.float64]
Weights = Callable[[Floats, NDArray[np.int64]], tuple[Floats, Floats]]


def give_equal_weights_of_classes(scores: Floats, codes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return equal weights of the models and no intercepts; the labels do not matter.

    Parameters
    ----------
    scores : (cases, models, classes) array
    codes : (cases,) array

    Returns
    -------
    weight : (models,) array
    intercept : (classes,) array
    """
    _, models, classes = scores.shape
    return np.full(models, 1.0 / models), np.zeros(classes)


def fit_weights_of_classes(scores: Floats, codes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Fit one weight a model and one intercept a class by a ridge conditional logit."""
    fitted = fit_softmax(scores, codes)
    return fitted.slopes, fitted.intercepts


def weigh_classes_by_auc(scores: Floats, codes: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Weight each model by its share of the sum of the mean AUCs of its classes, each against the rest; no intercepts.

    Classes that no case has, or all have, do not count; where none is left, weights are equal.
    """
    classes = scores.shape[2]
    told = [place for place in range(classes) if 0 < (codes == place).sum() < len(codes)]
    aucs = [[auc(codes == place, of_model[:, place]) for place in told] for of_model in scores.transpose(1, 0, 2)]
    if not told:
        return give_equal_weights_of_classes(scores, codes)
    return auc_weights(np.mean(aucs, axis=1)), np.zeros(classes)


def mix_blocks(scores: Floats, labels: pd.Series, models: Sequence[str], weights: Weights) -> State:
    """Fit the weights by which the probabilities of base models are mixed as they are.

    Parameters, returns
        As `combine_blocks`, the scores being log probabilities, (cases, models, classes).
    """
    weight, intercept = weights(softmax(scores, axis=2), labels.to_numpy(dtype=np.int64))
    return {
        "models": list(models),
        "sd": [1.0] * len(models),
        "weight": weight.tolist(),
        "intercept": intercept.tolist(),
    }


def apply_mixture(state: State, scores: Floats) -> Floats:
    """Mix the probabilities of any cases, (cases, models, classes), and return their logarithms, (cases, classes)."""
    mixed = (softmax(scores, axis=2) * np.array(state["weight"])[:, None]).sum(axis=1)
    return np.asarray(np.log(mixed), dtype=np.float64)


def combine_blocks(scores: Floats, labels: pd.Series, models: Sequence[str], weights: Weights) -> State:
    """Fit the weights of base models on their out-of-fold scores; a single base model needs none.

    Parameters
    ----------
    scores : (cases, models, classes) array
        Of training cases with a known label, each centred over the classes.
    labels : Series of float
        Places of the classes.
    models : sequence of str
    weights : callable
        As `fit_weights_of_classes`.

    Returns
    -------
    dict
        `models`, `sd`, `weight` (lists in the order of `models`) and `intercept` (a list over the classes).
    """
    classes = scores.shape[2]
    if len(models) == 1:
        return {"models": list(models), "sd": [1.0], "weight": [1.0], "intercept": [0.0] * classes}
    spread = scores.std(axis=(0, 2))
    sd = np.where(spread > 0, spread, 1.0)
    weight, intercept = weights(scores / sd[:, None], labels.to_numpy(dtype=np.int64))
    return {"models": list(models), "sd": sd.tolist(), "weight": weight.tolist(), "intercept": intercept.tolist()}


def apply_weights(state: State, scores: Floats) -> Floats:
    """Combine the scores of any cases, (cases, models, classes), to (cases, classes); each by its own row alone."""
    weighted = scores * (np.array(state["weight"]) / np.array(state["sd"]))[:, None]
    return np.asarray(weighted.sum(axis=1) + np.array(state["intercept"]), dtype=np.float64)


class ClassCalibration(NamedTuple):
    """A way to calibrate: `fit(scores, labels)` gives a JSON-ready state, `apply(state, scores)` probabilities."""

    fit: Callable[[Floats, pd.Series], State]
    apply: Callable[[State, Floats], Floats]


def fit_softmax_calibration(scores: Floats, labels: pd.Series) -> State:
    """Fit one slope and one intercept a class: what Platt's calibration is for two."""
    fitted = fit_softmax(scores[:, None], labels.to_numpy(dtype=np.int64))
    return {"slope": float(fitted.slopes[0]), "intercept": fitted.intercepts.tolist(), "reason": ""}


def apply_softmax_calibration(state: State, scores: Floats) -> Floats:
    """Turn scores into probabilities that sum to 1."""
    return np.asarray(softmax(state["slope"] * scores + np.array(state["intercept"]), axis=1), dtype=np.float64)


def fit_isotonic_of_classes(scores: Floats, labels: pd.Series) -> State:
    """Fit an isotonic calibration of each class against the rest (Zadrozny and Elkan 2002)."""
    codes, probabilities = labels.to_numpy(dtype=np.int64), softmax(scores, axis=1)
    states = [
        {
            **fit_isotonic_calibration((codes == place).astype(np.float64), probabilities[:, place]),
            "prevalence": float((codes == place).mean()),
        }
        for place in range(scores.shape[1])
    ]
    return {"classes": states, "reason": ""}


def apply_isotonic_of_classes(state: State, scores: Floats) -> Floats:
    """Apply the calibration of each class, and divide by the sum; equal probabilities where all are 0."""
    probabilities = softmax(scores, axis=1)
    columns = [
        np.full(len(scores), of_class["prevalence"])
        if of_class["reason"]
        else apply_isotonic_calibration(of_class, probabilities[:, place])
        for place, of_class in enumerate(state["classes"])
    ]
    raised = np.column_stack(columns)
    total = raised.sum(axis=1, keepdims=True)
    return np.where(total > 0, raised / np.where(total > 0, total, 1.0), 1.0 / raised.shape[1])


SOFTMAX = ClassCalibration(fit_softmax_calibration, apply_softmax_calibration)
ISOTONIC = ClassCalibration(fit_isotonic_of_classes, apply_isotonic_of_classes)
# Scores are taken for log probabilities.
NONE = ClassCalibration(lambda scores, labels: {"reason": ""}, lambda state, scores: softmax(scores, axis=1))
