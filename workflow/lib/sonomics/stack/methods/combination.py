"""Combine the scores of base models into one."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.rows import weigh_columns
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.statistics.calibration.noisy_or import auc_weights
from sonomics.statistics.discrimination.auc import auc

State = dict[str, Any]
Floats = NDArray[np.float64]

# Inverse strength of the ridge penalty on the weights of z-scored scores: scikit-learn's default.
COST = 1.0


def give_equal_weights(scores: Floats, labels: Floats) -> tuple[Floats, float]:
    """Return equal weights, which make the mean of the scores, and no intercept; the labels do not matter.

    Parameters
    ----------
    scores : (cases, models) array
        z-scored.
    labels : (cases,) array of 0 and 1

    Returns
    -------
    weight : (models,) array
    intercept : float
    """
    models = scores.shape[1]
    return np.full(models, 1.0 / models), 0.0


def fit_logistic_weights(scores: Floats, labels: Floats) -> tuple[Floats, float]:
    """Fit weights by a ridge logistic regression, so that base models that agree share the weight.

    Parameters, returns
        As `give_equal_weights`, which it falls back to when the labels are of one class.
    """
    if len(set(labels.tolist())) < 2:
        return give_equal_weights(scores, labels)
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=COST).fit(scores, labels)
    return fitted.coef_[0], float(fitted.intercept_[0])


def weigh_by_auc(scores: Floats, labels: Floats) -> tuple[Floats, float]:
    """Weight each model by its share of the sum of the AUCs, w_k = AUC_k / sum of AUCs, and no intercept.

    Parameters, returns
        As `give_equal_weights`, of scores as they are; equal weights when the labels are of one class.
    """
    if len(set(labels.tolist())) < 2:
        return give_equal_weights(scores, labels)
    return auc_weights([auc(labels, column) for column in scores.T]), 0.0


def fit_combination(scores: pd.DataFrame, labels: pd.Series, weights: str) -> State:
    """Fit the weights of base models on their out-of-fold scores; a single base model needs none.

    Parameters
    ----------
    scores : DataFrame
        One column per base model, one row per training case.
    labels : Series
        0 or 1 of each row.
    weights : str
        Name of a kind of combination, `weights` of `stack.models`.

    Returns
    -------
    dict
        `models`, `mean`, `sd`, `weight` (lists in the order of `models`) and `intercept`.
    """
    models = list(scores.columns)
    if len(models) == 1:
        return {"models": models, "mean": [0.0], "sd": [1.0], "weight": [1.0], "intercept": 0.0}
    mean, sd = find_scale(scores, weights)
    weight, intercept = COMBINATIONS.build(weights)(((scores - mean) / sd).to_numpy(), labels.to_numpy())
    return {
        "models": models,
        "mean": mean.tolist(),
        "sd": sd.tolist(),
        "weight": weight.tolist(),
        "intercept": intercept,
    }


def find_scale(scores: pd.DataFrame, weights: str) -> "tuple[pd.Series[float], pd.Series[float]]":
    """Return what each score loses and what it is divided by before it is weighted; 0 and 1 where taken as given."""
    if COMBINATIONS.get(weights).takes_as_given:
        return pd.Series(0.0, scores.columns), pd.Series(1.0, scores.columns)
    mean, sd = scores.mean(), scores.std(ddof=0)
    return mean, sd.where(sd > 0, 1.0)


def apply_combination(state: State, scores: pd.DataFrame) -> Floats:
    """Combine the scores of any cases; NaN where a base model has none."""
    scaled = (scores[state["models"]].to_numpy() - np.array(state["mean"])) / np.array(state["sd"])
    return np.asarray(state["intercept"] + weigh_columns(scaled, np.array(state["weight"])), dtype=np.float64)
