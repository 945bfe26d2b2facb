"""Proportional-odds model of ordered classes: maximum likelihood with standard errors, and a ridge penalty."""

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
    likelihood = _Likelihood(*_sides(design.values, code, cuts), code, np.ones(code.size), np.zeros(cuts + features))
    found = _maximise(likelihood, cuts)
    if found is None:
        return _unfitted(cuts, features, SEPARABLE)
    parameters, information, reached = found
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    return _on_scale(parameters, covariance, design.centre, design.spread, cuts, -2 * reached)


def fit_ordinal_ridge(x: ArrayLike, code: ArrayLike, cost: float, weights: ArrayLike) -> tuple[Floats, Floats]:
    """Fit a proportional-odds logistic model with an L2 penalty on its coefficients.

    The penalised likelihood is concave (Pratt 1981) and has one maximum, of separable classes as well, and with more
    columns than rows.

    Parameters
    ----------
    x : array_like, shape (n, p)
        Finite; coefficients are penalised on its scale.
    code : array_like of int, shape (n,)
        Place of the class of every row, from 0; every class has a row.
    cost : float
        As scikit-learn's C: cost * sum of weighted losses + sum b^2 / 2 is minimised.
    weights : array_like, shape (n,)
        Positive.

    Returns
    -------
    thresholds : ndarray, shape (classes - 1,)
    coefficients : ndarray, shape (p,)
        Both NaN where double precision does not reach the maximum, of a cost that hardly penalises.

    References
    ----------
    McCullagh P, J R Stat Soc B 1980; Pratt JW, J Am Stat Assoc 1981.
    """
    values, place = np.asarray(x, dtype=np.float64), np.asarray(code, dtype=np.int64)
    cuts, features = int(place.max()), values.shape[1]
    penalty = np.concatenate([np.zeros(cuts), np.full(features, 1 / cost)])
    sides = _sides(values, place, cuts)
    found = _maximise(_Likelihood(*sides, place, np.asarray(weights, dtype=np.float64), penalty), cuts)
    if found is None:
        return np.full(cuts, np.nan), np.full(features, np.nan)
    return found[0][:cuts], found[0][cuts:]


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


def _between(above: Floats, below: Floats) -> Floats:
    """Compute expit(above) - expit(below) from the side where it loses no digits."""
    flipped = below > 0
    return np.asarray(
        np.where(flipped, expit(-below) - expit(-above), expit(above) - expit(below)),
        dtype=np.float64,
    )


class _Likelihood(NamedTuple):
    """The weighted, penalised log-likelihood; parameters are the thresholds, then the coefficients."""

    upper: Floats
    lower: Floats
    code: np.ndarray
    weights: Floats
    penalty: Floats

    def places(self, parameters: Floats) -> tuple[Floats, Floats]:
        above = np.where(self.code == self.code.max(), np.inf, self.upper @ parameters)
        below = np.where(self.code == 0, -np.inf, self.lower @ parameters)
        return above, below

    def value(self, parameters: Floats) -> float:
        probability = _between(*self.places(parameters))
        if not (probability > 0).all():
            return -np.inf
        return float((self.weights * np.log(probability)).sum() - (self.penalty * parameters**2).sum() / 2)

    def derivatives(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Return gradient and observed information."""
        above, below = self.places(parameters)
        probability = _between(above, below)
        density_above, density_below = (expit(place) * expit(-place) for place in (above, below))
        first, second = density_above / probability, density_below / probability
        of_above = density_above * (expit(-above) - expit(above)) / probability - first**2
        of_below = -density_below * (expit(-below) - expit(below)) / probability - second**2
        upper, lower, weights = self.upper, self.lower, self.weights
        mixed = upper.T @ (lower * (weights * first * second)[:, None])
        of_each = upper.T @ (upper * (weights * of_above)[:, None]) + lower.T @ (lower * (weights * of_below)[:, None])
        information = np.diag(self.penalty) - (of_each + mixed + mixed.T)
        gradient = upper.T @ (weights * first) - lower.T @ (weights * second) - self.penalty * parameters
        return np.asarray(gradient), np.asarray(information)


def _maximise(likelihood: _Likelihood, cuts: int) -> tuple[Floats, Floats, float] | None:
    """Return parameters, information and log-likelihood at the maximum by Newton's steps; None where there is none."""
    code = likelihood.code
    share = np.cumsum(np.bincount(code, weights=likelihood.weights, minlength=cuts + 1))[:-1] / likelihood.weights.sum()
    parameters = np.concatenate([logit(share), np.zeros(likelihood.penalty.size - cuts)])
    reached = likelihood.value(parameters)
    for _ in range(_STEPS):
        gradient, information = likelihood.derivatives(parameters)
        if not np.isfinite(information).all() or np.linalg.cond(information) > 1e13:
            break
        step = np.asarray(np.linalg.solve(information, gradient), dtype=np.float64)
        if is_settled(step, parameters, float(gradient @ step), reached):
            return parameters, information, reached
        for _ in range(60):
            after = likelihood.value(parameters + step)
            if after >= reached - 1e-12 * abs(reached):
                break
            step = step / 2
        parameters, reached = parameters + step, after
    return None


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
