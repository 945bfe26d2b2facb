"""Maximum likelihood of a proportional-odds model of ordered classes, unpenalised, with standard errors."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, logit

from sonomics.core.rows import weigh_columns
from sonomics.statistics.classification.codes import encode_classes
from sonomics.statistics.estimates import Floats
from sonomics.statistics.regression.design import (
    SEPARABLE,
    explain_no_classes,
    explain_no_design,
    is_settled,
    standardise_design,
)

_STEPS = 200


class OrdinalFit(NamedTuple):
    """logit P(class <= k) = threshold_k - x coefficients; NaN with a reason without a fit.

    Attributes
    ----------
    thresholds : ndarray, shape (classes - 1,)
        Ascending.
    coefficients : ndarray, shape (p,)
        Positive where larger values go with later classes.
    thresholds_se, coefficients_se : ndarray
        Standard errors, from the observed information.
    deviance : float
        -2 log-likelihood.
    reason : str
    """

    thresholds: Floats
    coefficients: Floats
    thresholds_se: Floats
    coefficients_se: Floats
    deviance: float
    reason: str = ""


def fit_ordinal(x: ArrayLike, y: ArrayLike, classes: Sequence[str | int]) -> OrdinalFit:
    """Fit a proportional-odds logistic model, as `MASS::polr`.

    Parameters
    ----------
    x : array_like, shape (n, p)
    y : array_like, shape (n,)
        Class of every row.
    classes : sequence
        All classes, in ascending order.

    Returns
    -------
    OrdinalFit
        NaN with a reason for a class without rows, a constant column, linearly dependent columns, separable classes.

    Raises
    ------
    ValueError
        If a class is not listed, or a value is NaN or infinite.

    References
    ----------
    McCullagh P, J R Stat Soc B 1980.
    """
    code, cuts = encode_classes(y, classes), len(classes) - 1
    design = standardise_design(x, code.size)
    features = design.spread.size
    if reason := explain_no_classes(code, len(classes)) or explain_no_design(design):
        return _unfitted(max(cuts, 0), features, reason)
    upper, lower = _sides(design.values, code, cuts)
    share = np.cumsum(np.bincount(code, minlength=len(classes)))[:-1] / code.size
    parameters = np.concatenate([logit(share), np.zeros(features)])
    reached = _log_likelihood(upper, lower, code, cuts, parameters)
    for _ in range(_STEPS):
        gradient, information = _derivatives(upper, lower, code, cuts, parameters)
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e13:
            break
        step = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        if is_settled(step, parameters, float(gradient @ step), reached):
            covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
            return _on_scale(parameters, covariance, design.centre, design.spread, cuts, -2 * reached)
        for _ in range(60):
            after = _log_likelihood(upper, lower, code, cuts, parameters + step)
            if after >= reached - 1e-12 * abs(reached):
                break
            step = step / 2
        parameters, reached = parameters + step, after
    return _unfitted(cuts, features, SEPARABLE)


def predict_ordinal(thresholds: ArrayLike, coefficients: ArrayLike, x: ArrayLike) -> Floats:
    """Predict the probability of every class; each row's by itself.

    Parameters
    ----------
    thresholds : array_like, shape (classes - 1,)
    coefficients : array_like, shape (p,)
    x : array_like, shape (n, p)

    Returns
    -------
    ndarray, shape (n, classes)
        NaN where a coefficient or a value is.
    """
    table = np.asarray(x, dtype=np.float64)
    linear = weigh_columns(table, np.asarray(coefficients, dtype=np.float64))[:, None]
    cut = np.asarray(thresholds, dtype=np.float64) - linear
    ends = np.full((len(table), 1), np.inf)
    return _between(np.concatenate([cut, ends], axis=1), np.concatenate([-ends, cut], axis=1))


def _sides(values: Floats, code: np.ndarray, cuts: int) -> tuple[Floats, Floats]:
    """Return the designs of the thresholds above and below each row's class, shape (n, cuts + p)."""
    thresholds = np.eye(cuts + 2, cuts, -1)
    return (
        np.concatenate([thresholds[code + 1], -values], axis=1),
        np.concatenate([thresholds[code], -values], axis=1),
    )


def _places(upper: Floats, lower: Floats, code: np.ndarray, cuts: int, parameters: Floats) -> tuple[Floats, Floats]:
    above = np.where(code == cuts, np.inf, upper @ parameters)
    below = np.where(code == 0, -np.inf, lower @ parameters)
    return above, below


def _between(above: Floats, below: Floats) -> Floats:
    """Compute expit(above) - expit(below) from the side where it loses no digits."""
    flipped = below > 0
    return np.asarray(
        np.where(flipped, expit(-below) - expit(-above), expit(above) - expit(below)),
        dtype=np.float64,
    )


def _log_likelihood(upper: Floats, lower: Floats, code: np.ndarray, cuts: int, parameters: Floats) -> float:
    probability = _between(*_places(upper, lower, code, cuts, parameters))
    return float(np.log(probability).sum()) if (probability > 0).all() else -np.inf


def _derivatives(
    upper: Floats, lower: Floats, code: np.ndarray, cuts: int, parameters: Floats
) -> tuple[Floats, Floats]:
    above, below = _places(upper, lower, code, cuts, parameters)
    probability = _between(above, below)
    density_above, density_below = (expit(place) * expit(-place) for place in (above, below))
    first, second = density_above / probability, density_below / probability
    of_above = density_above * (expit(-above) - expit(above)) / probability - first**2
    of_below = -density_below * (expit(-below) - expit(below)) / probability - second**2
    mixed = upper.T @ (lower * (first * second)[:, None])
    information = -(upper.T @ (upper * of_above[:, None]) + lower.T @ (lower * of_below[:, None]) + mixed + mixed.T)
    return np.asarray(upper.T @ first - lower.T @ second), np.asarray(information)


def _on_scale(
    parameters: Floats, covariance: Floats, centre: Floats, spread: Floats, cuts: int, deviance: float
) -> OrdinalFit:
    back = np.diag(np.concatenate([np.ones(cuts), 1 / spread]))
    back[:cuts, cuts:] = centre / spread
    moved, se = back @ parameters, np.sqrt(np.diag(back @ covariance @ back.T))
    return OrdinalFit(moved[:cuts], moved[cuts:], se[:cuts], se[cuts:], deviance)


def _unfitted(cuts: int, features: int, reason: str) -> OrdinalFit:
    one, other = np.full(cuts, np.nan), np.full(features, np.nan)
    return OrdinalFit(one, other, one, other, float("nan"), reason)
