"""Calibration of several classes by a temperature, or by the log probabilities of all classes (Dirichlet)."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import softmax

from sonomics.stack.methods.classes import ClassCalibration
from sonomics.statistics.calibration.class_calibrators import apply_class_calibration, fit_class_calibration
from sonomics.statistics.calibration.class_probabilities import class_log_loss
from sonomics.statistics.calibration.temperature import fit_temperature

State = dict[str, Any]
Floats = NDArray[np.float64]


def fit_temperature_calibration(scores: Floats, labels: pd.Series) -> State:
    """Fit the temperature of the smallest log loss (Guo et al., ICML 2017).

    Parameters
    ----------
    scores : (cases, classes) array
        Taken for log probabilities.
    labels : Series of float
        Places of the classes.

    Returns
    -------
    dict
        `steepness`, 1 / temperature. Where no temperature is the best, with the `reason`: 1, which leaves probabilities
        as they are, or 0, which makes them equal, whichever has the smaller log loss.
    """
    codes, probabilities = labels.to_numpy(dtype=np.int64), softmax(scores, axis=1)
    names = list(range(scores.shape[1]))
    fitted = fit_temperature(codes, probabilities, names)
    if fitted.reason:
        is_better_than_equal = class_log_loss(codes, probabilities, names) < np.log(len(names))
        return {"steepness": float(is_better_than_equal), "reason": fitted.reason}
    return {"steepness": 1 / fitted.temperature, "reason": ""}


def apply_temperature_calibration(state: State, scores: Floats) -> Floats:
    """Turn scores into probabilities that sum to 1."""
    return np.asarray(softmax(state["steepness"] * scores, axis=1), dtype=np.float64)


def fit_dirichlet_calibration(scores: Floats, labels: pd.Series) -> State:
    """Fit intercepts and weights of the log probabilities of all classes (Kull et al., NeurIPS 2019), penalised.

    Parameters
    ----------
    scores, labels
        As `fit_temperature_calibration`.

    Returns
    -------
    dict
        As `fit_class_calibration`.
    """
    codes = labels.to_numpy(dtype=np.int64)
    return fit_class_calibration(codes, softmax(scores, axis=1), list(range(scores.shape[1])), "dirichlet")


def apply_dirichlet_calibration(state: State, scores: Floats) -> Floats:
    """Turn scores into probabilities that sum to 1."""
    return apply_class_calibration(state, softmax(scores, axis=1))


TEMPERATURE = ClassCalibration(fit_temperature_calibration, apply_temperature_calibration)
DIRICHLET = ClassCalibration(fit_dirichlet_calibration, apply_dirichlet_calibration)
