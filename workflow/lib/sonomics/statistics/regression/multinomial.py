"""Maximum likelihood of a multinomial logistic model, unpenalised, with standard errors."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax, softmax

from sonomics.core.rows import weigh_columns
from sonomics.statistics.classification.codes import encode_classes
from sonomics.statistics.estimates import Floats
from sonomics.statistics.regression.design import (
    SEPARABLE,
    explain_no_classes,
    explain_no_design,
    is_settled,
    put_on_scale,
    standardise_design,
)

_STEPS = 100


class MultinomialFit(NamedTuple):
    """Log odds of every class against the first: intercept + coefficients x columns; NaN with a reason without a fit.

    Attributes
    ----------
    intercepts : ndarray, shape (classes - 1,)
    coefficients : ndarray, shape (classes - 1, p)
    intercepts_se, coefficients_se : ndarray
        Standard errors, same shapes.
    deviance : float
        -2 log-likelihood.
    reason : str
    """

    intercepts: Floats
    coefficients: Floats
    intercepts_se: Floats
    coefficients_se: Floats
    deviance: float
    reason: str = ""


def fit_multinomial(x: ArrayLike, y: ArrayLike, classes: Sequence[str | int]) -> MultinomialFit:
    """Fit P(class k) proportional to exp(intercept_k + x coefficients_k), those of the first class being 0.

    Parameters
    ----------
    x : array_like, shape (n, p)
    y : array_like, shape (n,)
        Class of every row.
    classes : sequence of str
        All classes; the first is the reference.

    Returns
    -------
    MultinomialFit
        NaN with a reason for a class without rows, a constant column, linearly dependent columns, separable classes.

    Raises
    ------
    ValueError
        If a class is not listed, or a value is NaN or infinite.

    References
    ----------
    McFadden D, 1974, in Frontiers in Econometrics; Agresti A, Categorical Data Analysis, 2013.
    """
    code, others = encode_classes(y, classes), len(classes) - 1
    design = standardise_design(x, code.size)
    features = design.spread.size
    if reason := explain_no_classes(code, len(classes)) or explain_no_design(design):
        return _unfitted(max(others, 0), features, reason)
    columns = np.column_stack([np.ones(code.size), design.values])
    width = columns.shape[1]
    indicator = np.eye(len(classes))[code][:, 1:]
    table = np.zeros((others, width))
    linear = _with_reference(columns @ table.T)
    reached = _log_likelihood(linear, code)
    for _ in range(_STEPS):
        fitted = softmax(linear, axis=1)[:, 1:]
        gradient = ((indicator - fitted).T @ columns).ravel()
        information = _information(columns, fitted)
        if np.linalg.cond(information) > 1e13:
            break
        step = np.linalg.solve(information, gradient).reshape(table.shape)
        if is_settled(step, table, float(gradient @ step.ravel()), reached):
            inverse = np.asarray(np.linalg.inv(information), dtype=np.float64)
            covariance = inverse.reshape(others, width, others, width)
            return _on_scale(table, covariance, design.centre, design.spread, -2 * reached)
        for _ in range(60):
            linear = _with_reference(columns @ (table + step).T)
            after = _log_likelihood(linear, code)
            if after >= reached - 1e-12 * abs(reached):
                break
            step = step / 2
        table, reached = table + step, after
    return _unfitted(others, features, SEPARABLE)


def predict_multinomial(intercepts: ArrayLike, coefficients: ArrayLike, x: ArrayLike) -> Floats:
    """Predict the probability of every class; each row's by itself.

    Parameters
    ----------
    intercepts : array_like, shape (k,)
    coefficients : array_like, shape (k, p)
        Of all classes, as a path of the LASSO has them, or, as `fit_multinomial`, of all but the first: give zeros for
        that one (`with_reference`).
    x : array_like, shape (n, p)

    Returns
    -------
    ndarray, shape (n, k)
        NaN where a coefficient or a value is.
    """
    constants, slopes = np.asarray(intercepts, dtype=np.float64), np.asarray(coefficients, dtype=np.float64)
    table = np.asarray(x, dtype=np.float64)
    linear = np.column_stack([constants[k] + weigh_columns(table, slopes[k]) for k in range(len(constants))])
    return np.asarray(softmax(linear, axis=1), dtype=np.float64)


def with_reference(fit: MultinomialFit) -> tuple[Floats, Floats]:
    """Return intercepts, shape (k,), and coefficients, shape (k, p), of all classes: 0 for the first."""
    zeros = np.zeros((1, fit.coefficients.shape[1]))
    return np.concatenate([[0.0], fit.intercepts]), np.concatenate([zeros, fit.coefficients])


def _with_reference(linear: Floats) -> Floats:
    return np.concatenate([np.zeros((len(linear), 1)), linear], axis=1)


def _log_likelihood(linear: Floats, code: np.ndarray) -> float:
    return float(log_softmax(linear, axis=1)[np.arange(code.size), code].sum())


def _information(columns: Floats, fitted: Floats) -> Floats:
    """Compute the information, class by class, shape (k q, k q) for k fitted classes and q columns."""
    weighted = (fitted[:, :, None] * columns[:, None, :]).reshape(len(columns), -1)
    blocks = np.zeros((fitted.shape[1] * columns.shape[1],) * 2)
    width = columns.shape[1]
    for k in range(fitted.shape[1]):
        rows = slice(k * width, (k + 1) * width)
        blocks[rows, rows] = weighted[:, rows].T @ columns
    return np.asarray(blocks - weighted.T @ weighted, dtype=np.float64)


def _on_scale(table: Floats, covariance: Floats, centre: Floats, spread: Floats, deviance: float) -> MultinomialFit:
    moved, errors = np.zeros(table.shape), np.zeros(table.shape)
    for k in range(len(table)):
        moved[k], own = put_on_scale(table[k], covariance[k, :, k, :], centre, spread)
        errors[k] = np.sqrt(np.diag(own))
    return MultinomialFit(moved[:, 0], moved[:, 1:], errors[:, 0], errors[:, 1:], deviance)


def _unfitted(others: int, features: int, reason: str) -> MultinomialFit:
    one, several = np.full(others, np.nan), np.full((others, features), np.nan)
    return MultinomialFit(one, several, one, several, float("nan"), reason)
