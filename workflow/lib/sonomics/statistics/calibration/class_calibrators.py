"""Vector and Dirichlet calibration of probabilities of several classes, fitted on training rows: a small state."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax, softmax

from sonomics.statistics.calibration.class_probabilities import check_class_probabilities
from sonomics.statistics.estimates import Floats

Form = Literal["vector", "dirichlet"]
_LEAST = 1e-12
_STEPS = 200


def fit_class_calibration(
    y: ArrayLike,
    probabilities: ArrayLike,
    classes: Sequence[str | int],
    form: Form = "dirichlet",
    penalty: float = 1.0,
) -> dict[str, Any]:
    """Fit probabilities = softmax(intercepts + weights log p), shrunk towards p itself.

    Parameters
    ----------
    y : array_like, shape (n,)
        True class of every training case.
    probabilities : array_like, shape (n, classes)
        0 counts as 1e-12.
    classes : sequence of str
        Class of every column.
    form : {"vector", "dirichlet"}
        "vector" has one weight per class (a diagonal matrix), "dirichlet" a whole matrix.
    penalty : float
        Positive: sum of log losses + penalty / 2 (sum intercepts^2 + sum (weights - identity)^2), so that separable
        classes, an absent class and constant predictions have a finite solution.

    Returns
    -------
    dict
        `intercepts`, `weights` (a row per class) and `reason`: JSON-ready. Without cases the identity, with a reason.

    Raises
    ------
    ValueError
        As `class_probabilities.class_log_loss`, or if the penalty is not positive.

    References
    ----------
    Guo C et al., ICML 2017 (vector); Kull M et al., NeurIPS 2019 (Dirichlet).
    """
    code, values = check_class_probabilities(y, probabilities, classes)
    count = len(classes)
    if penalty <= 0:
        raise ValueError("the penalty must be positive")
    if not code.size:
        return {"intercepts": [0.0] * count, "weights": np.eye(count).tolist(), "reason": "no cases"}
    logs = _log(values)
    # Parameters: intercepts, then the weights that may move, each with its class and the column it multiplies.
    free = [(k, k) for k in range(count)] if form == "vector" else [(k, j) for k in range(count) for j in range(count)]
    of_class = np.array([*range(count), *(k for k, _ in free)])
    columns = np.concatenate([np.ones((code.size, count)), logs[:, [j for _, j in free]]], axis=1)
    home = np.array([0.0] * count + [float(k == j) for k, j in free])
    member = np.eye(count)[of_class]
    indicator, parameters = np.eye(count)[code], home.copy()
    reached = _objective(columns, member, code, parameters, home, penalty)
    for _ in range(_STEPS):
        fitted = softmax((columns * parameters) @ member, axis=1)
        gradient = (columns * (fitted - indicator)[:, of_class]).sum(axis=0) + penalty * (parameters - home)
        weighted = columns * fitted[:, of_class]
        same = of_class[:, None] == of_class[None, :]
        curvature = np.where(same, weighted.T @ columns, 0.0) - weighted.T @ weighted + penalty * np.eye(home.size)
        step = -np.linalg.solve(curvature, gradient)
        if np.abs(step).max() <= 1e-11 * (1 + np.abs(parameters).max()):
            break
        for _ in range(60):
            after = _objective(columns, member, code, parameters + step, home, penalty)
            if after <= reached + 1e-12 * abs(reached):
                break
            step = step / 2
        parameters, reached = parameters + step, after
    weights = np.zeros((count, count))
    for value, (k, j) in zip(parameters[count:], free, strict=True):
        weights[k, j] = value
    return {"intercepts": parameters[:count].tolist(), "weights": weights.tolist(), "reason": ""}


def apply_class_calibration(state: dict[str, Any], probabilities: ArrayLike) -> Floats:
    """Calibrate probabilities by a fitted state, row by row.

    Parameters
    ----------
    state : dict
        From `fit_class_calibration`.
    probabilities : array_like, shape (n, classes)

    Returns
    -------
    ndarray, shape (n, classes)
        NaN where a probability of the row is.
    """
    logs = _log(np.asarray(probabilities, dtype=np.float64))
    weights = np.asarray(state["weights"], dtype=np.float64)
    linear = (logs[:, None, :] * weights).sum(axis=2) + np.asarray(state["intercepts"], dtype=np.float64)
    return np.asarray(softmax(linear, axis=1), dtype=np.float64)


def _log(values: Floats) -> Floats:
    return np.asarray(np.log(np.maximum(values, _LEAST)), dtype=np.float64)


def _objective(
    columns: Floats, member: Floats, code: np.ndarray, parameters: Floats, home: Floats, penalty: float
) -> float:
    own = log_softmax((columns * parameters) @ member, axis=1)[np.arange(code.size), code]
    return float(-own.sum() + penalty / 2 * ((parameters - home) ** 2).sum())
