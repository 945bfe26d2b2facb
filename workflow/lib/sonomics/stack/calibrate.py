"""From a final model's score to a probability, in the way that params name."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from sonomics.statistics.calibration.calibrators import (
    apply_isotonic_calibration,
    apply_recalibration,
    fit_isotonic_calibration,
    fit_logistic_recalibration,
)

State = dict[str, Any]
Floats = NDArray[np.float64]

PLATT, ISOTONIC, NONE = "platt", "isotonic", "none"


class Method(NamedTuple):
    """A way to calibrate: `fit(labels, scores)` gives a JSON-ready state with a `reason`, `apply(state, scores)`."""

    fit: Callable[[Floats, Floats], State]
    apply: Callable[[State, Floats], Floats]


METHODS: Mapping[str, Method] = {
    PLATT: Method(fit_logistic_recalibration, apply_recalibration),
    ISOTONIC: Method(fit_isotonic_calibration, apply_isotonic_calibration),
    NONE: Method(lambda labels, scores: {"reason": ""}, lambda state, scores: expit(scores)),
}


def fit_calibrator(scores: Floats, labels: Floats, method: str = PLATT) -> State:
    """Fit a calibration; where it is not estimable, keep the share of positives.

    Parameters
    ----------
    scores : (cases,) array
    labels : (cases,) array of 0 and 1
    method : {"platt", "isotonic", "none"}
        Without a calibration a score is taken for the log odds of a probability.

    Returns
    -------
    dict
        The state of the method, `method` and `prevalence`.
    """
    return {**METHODS[method].fit(labels, scores), "method": method, "prevalence": float(np.mean(labels))}


def apply_calibrator(state: State, scores: Floats) -> Floats:
    """Turn scores into probabilities: the share of positives where the calibration was not estimable."""
    if state["reason"]:
        return np.where(np.isnan(scores), np.nan, state["prevalence"])
    return METHODS[state["method"]].apply(state, scores)
