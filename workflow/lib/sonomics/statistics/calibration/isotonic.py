"""Isotonic calibration: the monotone step from any score to a probability that fits the training rows best."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import ONE_CLASS, Floats, numbers, outcome


def fit_isotonic_calibration(y: ArrayLike, score: ArrayLike) -> dict[str, Any]:
    """Fit the non-decreasing probabilities with the least squared error.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        Training outcomes.
    score : array_like, shape (n,)
        Any score, higher for positives; equal scores get one probability.

    Returns
    -------
    dict
        `scores` and `probabilities`, the corners of the fit, ascending, and `reason`: JSON-ready. No corners, with the
        reason, for a single class or a constant score.

    References
    ----------
    Zadrozny B, Elkan C, KDD 2002.
    """
    from scipy.optimize import isotonic_regression

    positive = outcome(y)
    values, place, counts = np.unique(numbers(score, positive.size), return_inverse=True, return_counts=True)
    if positive.all() or not positive.any() or values.size < 2:
        reason = "the score is constant" if 0 < positive.sum() < positive.size else ONE_CLASS
        return {"scores": [], "probabilities": [], "reason": reason}
    shares = np.bincount(place, weights=positive) / counts
    fitted = isotonic_regression(shares, weights=counts).x
    steps = np.diff(fitted) > 0
    corners = np.concatenate([[True], steps]) | np.concatenate([steps, [True]])
    return {"scores": values[corners].tolist(), "probabilities": fitted[corners].tolist(), "reason": ""}


def apply_isotonic_calibration(state: dict[str, Any], score: ArrayLike) -> Floats:
    """Probabilities of scores, linear between the corners and level beyond them.

    Parameters
    ----------
    state : dict
        From `fit_isotonic_calibration`.
    score : array_like, shape (n,)

    Returns
    -------
    ndarray, shape (n,)
        NaN where the state was not estimable or a score is NaN.
    """
    values = np.asarray(score, dtype=np.float64)
    if state["reason"]:
        return np.full(values.shape, np.nan)
    inside = np.interp(values, state["scores"], state["probabilities"])
    return np.asarray(np.where(np.isnan(values), np.nan, inside), dtype=np.float64)
