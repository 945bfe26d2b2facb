"""Combine base models, weighed by logistic regression or alike; every training score is made by a fit without it."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

State = dict[str, Any]

FITTED, EQUAL = "fitted", "equal"


def fit_stack(scores: pd.DataFrame, labels: pd.Series, weights: str = FITTED) -> State:
    """Fit the weights of base models on their out-of-fold scores.

    One base model needs no weights. Several are z-scored; fitted weights are those of a ridge logistic regression
    (C = 1), so that base models that agree share the weight; equal ones make the mean, which is steadier when cases are
    few.

    Parameters
    ----------
    scores : DataFrame
        One column a base model, one row a training case.
    labels : Series
        0 or 1 of each row.
    weights : {"fitted", "equal"}

    Returns
    -------
    dict
        `models`, `mean`, `sd`, `weight` (lists in the order of `models`) and `intercept`.
    """
    models = list(scores.columns)
    if len(models) == 1:
        return {"models": models, "mean": [0.0], "sd": [1.0], "weight": [1.0], "intercept": 0.0}
    mean, sd = scores.mean(), scores.std(ddof=0)
    sd = sd.where(sd > 0, 1.0)
    if weights == EQUAL or labels.nunique() < 2:
        weight, intercept = np.full(len(models), 1.0 / len(models)), 0.0
    else:
        from sklearn.linear_model import LogisticRegression

        fitted = LogisticRegression(C=1.0).fit(((scores - mean) / sd).to_numpy(), labels.to_numpy())
        weight, intercept = fitted.coef_[0], float(fitted.intercept_[0])
    return {
        "models": models,
        "mean": mean.tolist(),
        "sd": sd.tolist(),
        "weight": weight.tolist(),
        "intercept": intercept,
    }


def apply_stack(state: State, scores: pd.DataFrame) -> NDArray[np.float64]:
    """Weigh the scores of any cases; NaN where a base model has none."""
    scaled = (scores[state["models"]].to_numpy() - np.array(state["mean"])) / np.array(state["sd"])
    return np.asarray(state["intercept"] + scaled @ np.array(state["weight"]), dtype=np.float64)
