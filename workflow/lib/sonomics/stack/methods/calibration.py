"""From the score of a final model to a probability."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.statistics.calibration.calibrators import (
    apply_isotonic_calibration,
    apply_recalibration,
    fit_isotonic_calibration,
    fit_logistic_recalibration,
)

State = dict[str, Any]
Floats = NDArray[np.float64]


class Calibration(NamedTuple):
    """A way to calibrate.

    Attributes
    ----------
    fit : callable
        `fit(labels, scores)` gives a JSON-ready state, with the `reason` why nothing was fitted ("" otherwise).
    apply : callable
        `apply(state, scores)` gives probabilities.
    """

    fit: Callable[[Floats, Floats], State]
    apply: Callable[[State, Floats], Floats]


PLATT = Calibration(fit_logistic_recalibration, apply_recalibration)
ISOTONIC = Calibration(fit_isotonic_calibration, apply_isotonic_calibration)
# A score is taken for the log odds of a probability.
NONE = Calibration(lambda labels, scores: {"reason": ""}, lambda state, scores: expit(scores))


def fit_calibrator(scores: Floats, labels: Floats, method: str) -> State:
    """Fit a calibration; where it is not estimable, keep the share of positives.

    Parameters
    ----------
    scores : (cases,) array
    labels : (cases,) array of 0 and 1
    method : str
        Name of a kind of calibration, `stack.calibration`.

    Returns
    -------
    dict
        The state of the method, `method` and `prevalence`.
    """
    return {**CALIBRATIONS.build(method).fit(labels, scores), "method": method, "prevalence": float(np.mean(labels))}


def apply_calibrator(state: State, scores: Floats) -> Floats:
    """Turn scores into probabilities: the share of positives where the calibration was not estimable."""
    if state["reason"]:
        return np.where(np.isnan(scores), np.nan, state["prevalence"])
    probabilities: Floats = CALIBRATIONS.build(state["method"]).apply(state, scores)
    return probabilities
