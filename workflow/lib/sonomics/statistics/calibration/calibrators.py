"""Maps from a score to a probability, fitted on training rows and stored as a small state."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from sonomics.statistics.calibration.intercept_slope import clipped_logit
from sonomics.statistics.estimates import ONE_CLASS, Floats
from sonomics.statistics.inputs import check_outcome, check_scores
from sonomics.statistics.regression.logistic import fit_logistic

Scale = Literal["identity", "logit"]


def fit_logistic_recalibration(y: ArrayLike, score: ArrayLike, scale: Scale = "identity") -> dict[str, Any]:
    """Fit probability = expit(intercept + slope x score).

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        Training outcomes.
    score : array_like, shape (n,)
        Any score, higher for positives.
    scale : {"identity", "logit"}
        "logit" takes probabilities and recalibrates their log odds.

    Returns
    -------
    dict
        `scale`, `intercept`, `slope`, `reason`: JSON-ready. Intercept and slope are NaN, with the reason, for a single
        class or a constant score. Targets are smoothed to (m + 1) / (m + 2) and 1 / (n + 2) for m positives and n
        negatives, so perfectly separated classes still give finite values.

    References
    ----------
    Platt J, Advances in Large Margin Classifiers 1999.
    """
    positive = check_outcome(y)
    values = _scaled(check_scores(score, positive.size), scale)
    m, n = int(positive.sum()), int((~positive).sum())
    if m == 0 or n == 0:
        return _state(scale, np.nan, np.nan, ONE_CLASS)
    centre, spread = float(values.mean()), float(values.std())
    if spread <= 1e-12 * max(1.0, abs(centre)):
        return _state(scale, np.nan, np.nan, "the score is constant")
    target = np.where(positive, (m + 1) / (m + 2), 1 / (n + 2))
    design = np.column_stack([np.ones(values.size), (values - centre) / spread])
    intercept, slope = fit_logistic(design, target, np.zeros(values.size)).coefficients
    return _state(scale, float(intercept - slope * centre / spread), float(slope / spread), "")


def apply_recalibration(state: dict[str, Any], score: ArrayLike) -> Floats:
    """Turn scores into probabilities by a fitted logistic recalibration.

    Parameters
    ----------
    state : dict
        From `fit_logistic_recalibration`.
    score : array_like, shape (n,)
        On the scale of the fitted scores.

    Returns
    -------
    ndarray, shape (n,)
        NaN where the state was not estimable or a score is NaN.
    """
    values = _scaled(np.asarray(score, dtype=np.float64), state["scale"])
    return np.asarray(expit(_number(state["intercept"]) + _number(state["slope"]) * values), dtype=np.float64)


def fit_isotonic_calibration(y: ArrayLike, score: ArrayLike) -> dict[str, Any]:
    """Fit the non-decreasing probabilities with the least squared error.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
        Training outcomes.
    score : array_like, shape (n,)
        Any score, higher for positives; equal scores get the same probability.

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

    positive = check_outcome(y)
    values, index, counts = np.unique(check_scores(score, positive.size), return_inverse=True, return_counts=True)
    if positive.all() or not positive.any() or values.size < 2:
        reason = "the score is constant" if 0 < positive.sum() < positive.size else ONE_CLASS
        return {"scores": [], "probabilities": [], "reason": reason}
    shares = np.bincount(index, weights=positive) / counts
    fitted = isotonic_regression(shares, weights=counts).x
    steps = np.diff(fitted) > 0
    corners = np.concatenate([[True], steps]) | np.concatenate([steps, [True]])
    return {"scores": values[corners].tolist(), "probabilities": fitted[corners].tolist(), "reason": ""}


def apply_isotonic_calibration(state: dict[str, Any], score: ArrayLike) -> Floats:
    """Turn scores into probabilities by a fitted isotonic calibration: linear between corners, constant beyond.

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
    interpolated = np.interp(values, state["scores"], state["probabilities"])
    return np.asarray(np.where(np.isnan(values), np.nan, interpolated), dtype=np.float64)


def _scaled(values: Floats, scale: str) -> Floats:
    if scale == "identity":
        return values
    if scale == "logit":
        return clipped_logit(values)
    raise ValueError(f"a scale must be identity or logit, not {scale!r}")


def _state(scale: str, intercept: float, slope: float, reason: str) -> dict[str, Any]:
    return {"scale": scale, "intercept": intercept, "slope": slope, "reason": reason}


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)
