"""LASSO and elastic-net logistic regression along a path of penalties, with cross-validated deviance.

The penalised likelihood is that of glmnet: mean logistic loss + lambda (mixing sum |b| + (1 - mixing) / 2 sum b^2).
It is solved by an active set: Newton steps on the non-zero coefficients within their signs; coefficients that reach
zero leave the set, those that violate the optimality conditions enter it.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg.lapack import dposv
from scipy.special import expit

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_outcome
from sonomics.statistics.regression.logistic import log_likelihood

_STEPS = 10_000
_OPTIMAL = 1e-8
_SATURATED = 0.999
_STALLED = 1e-5
_RIDGE = 1e-12
_PROBABILITY = 1e-5


class NoPathError(ValueError):
    """Raised when no feature varies with the outcome, so that every coefficient is zero at any penalty."""


class LassoPath(NamedTuple):
    """Solutions for descending penalties: arrays of shape (l,), coefficients (l, p); `explained` is of the deviance."""

    lambdas: Floats
    intercepts: Floats
    coefficients: Floats
    explained: Floats


class LassoResult(NamedTuple):
    """A path on all rows and its cross-validated deviance.

    Attributes
    ----------
    lambdas, intercepts : ndarray, shape (l,)
        Penalties, descending, and free intercepts.
    coefficients : ndarray, shape (l, p)
        On the scale of the columns given.
    deviance_mean, deviance_se : ndarray, shape (l,)
        -2 log-likelihood per held-out row, mean over folds weighted by their size, and its standard error.
    index_min, index_1se : int
        Penalty of the smallest mean deviance, and the largest penalty within one standard error of it.
    """

    lambdas: Floats
    intercepts: Floats
    coefficients: Floats
    deviance_mean: Floats
    deviance_se: Floats
    index_min: int
    index_1se: int


def lambda_path(x: ArrayLike, y: ArrayLike, n_lambda: int = 100, mixing: float = 1.0) -> Floats:
    """Compute descending, log-equidistant penalties from the smallest that zeroes every coefficient.

    Parameters
    ----------
    x : array_like, shape (n, p)
        Standardised columns.
    y : array_like of 0/1, shape (n,)
    n_lambda : int
        Number of penalties.
    mixing : float
        Share of the L1 penalty, in (0, 1].

    Returns
    -------
    ndarray, shape (n_lambda,)
        Down to 0.01 (n < p) or 0.0001 (else) of the first, as glmnet.

    Raises
    ------
    ValueError
        With one class or without columns.
    NoPathError
        If no column varies with the outcome.
    """
    design, positive = _check_table(x, y)
    largest = float(np.abs(design.T @ (positive - positive.mean())).max()) / len(design) / mixing
    if largest <= 1e-12:
        raise NoPathError("no feature varies with the outcome")
    ratio = 1e-2 if len(design) < design.shape[1] else 1e-4
    return np.asarray(largest * ratio ** np.linspace(0.0, 1.0, n_lambda), dtype=np.float64)


def lasso_path(x: ArrayLike, y: ArrayLike, lambdas: ArrayLike, mixing: float = 1.0) -> LassoPath:
    """Minimise the penalised loss for every penalty, each from the solution before.

    Parameters
    ----------
    x : array_like, shape (n, p)
        Standardised columns; the caller standardises, on training rows.
    y : array_like of 0/1, shape (n,)
    lambdas : array_like, shape (l,)
        Positive, descending.
    mixing : float
        Share of the L1 penalty, in (0, 1]; 1 is the LASSO.

    Returns
    -------
    LassoPath
        Once 99.9 % of the deviance is explained, the solution is repeated for the remaining penalties, as glmnet.

    Raises
    ------
    ValueError
        With one class, NaN, penalties that are not positive and descending, or a mixing outside (0, 1].

    References
    ----------
    Zou H, Hastie T, J R Stat Soc B 2005 (elastic net).
    Friedman J, Hastie T, Tibshirani R, J Stat Softw 2010 (path and stopping rules).
    """
    design, positive = _check_table(x, y)
    penalties = np.asarray(lambdas, dtype=np.float64)
    if penalties.ndim != 1 or not penalties.size or (penalties <= 0).any() or (np.diff(penalties) > 0).any():
        raise ValueError("penalties must be positive and descending")
    if not 0 < mixing <= 1:
        raise ValueError(f"the share of the L1 penalty must lie in (0, 1], not {mixing:g}")
    augmented = np.asfortranarray(np.column_stack([np.ones(len(design)), design]))
    null = log_likelihood(positive, np.full(len(design), np.log(positive.mean() / (1 - positive.mean()))))
    coefficients = np.zeros((penalties.size, augmented.shape[1]))
    explained = np.zeros(penalties.size)
    current = np.zeros(augmented.shape[1])
    current[0] = np.log(positive.mean() / (1 - positive.mean()))
    for step, penalty in enumerate(penalties):
        if step == 0 or explained[step - 1] <= _SATURATED:
            current = _solve(augmented, positive, float(penalty) * mixing, float(penalty) * (1 - mixing), current)
        coefficients[step] = current
        explained[step] = 1 - log_likelihood(positive, augmented @ current) / null
    return LassoPath(penalties, coefficients[:, 0], coefficients[:, 1:], explained)


def lasso_path_cv(
    x: ArrayLike,
    y: ArrayLike,
    fold_ids: ArrayLike,
    n_lambda: int = 100,
    lambdas: ArrayLike | None = None,
    mixing: float = 1.0,
) -> LassoResult:
    """Fit the path on all rows and score every penalty by cross-validation over the given folds.

    Parameters
    ----------
    x : array_like, shape (n, p)
        Standardised columns.
    y : array_like of 0/1, shape (n,)
    fold_ids : array_like, shape (n,)
        Fold in which each row is held out.
    n_lambda : int
        Length of the default path, which ends early when the fit is saturated or stalls.
    lambdas : array_like, shape (l,), optional
        Penalties to use instead of the default path.
    mixing : float
        Share of the L1 penalty, in (0, 1].

    Returns
    -------
    LassoResult

    Raises
    ------
    ValueError
        As `lasso_path`; also with fewer than two folds or a fold that leaves one class to fit on.
    NoPathError
        As `lambda_path`, when no penalties are given.
    """
    design, positive = _check_table(x, y)
    names, fold = np.unique(np.asarray(fold_ids), return_inverse=True)
    if names.size < 2 or fold.size != len(design):
        raise ValueError(f"cross-validation needs two folds or more and one fold per row, not {names.size} folds")
    if lambdas is None:
        penalties = lambda_path(design, positive, n_lambda, mixing)
        path = _until_stalled(lasso_path(design, positive, penalties, mixing))
    else:
        path = lasso_path(design, positive, lambdas, mixing)
    held_out = (fold == number for number in range(names.size))
    deviances = np.stack([_held_out_deviance(design, positive, rows, path.lambdas, mixing) for rows in held_out])
    sizes = np.bincount(fold)
    mean = np.average(deviances, axis=0, weights=sizes)
    se = np.sqrt(np.average((deviances - mean) ** 2, axis=0, weights=sizes) / (names.size - 1))
    best = int(np.argmin(mean))
    within = int(np.argmax(mean <= mean[best] + se[best]))
    return LassoResult(path.lambdas, path.intercepts, path.coefficients, mean, se, best, within)


def _held_out_deviance(
    design: Floats, positive: Floats, held_out: np.ndarray, lambdas: Floats, mixing: float
) -> Floats:
    path = lasso_path(design[~held_out], positive[~held_out], lambdas, mixing)
    linear = path.intercepts[:, None] + path.coefficients @ design[held_out].T
    probability = np.clip(expit(linear), _PROBABILITY, 1 - _PROBABILITY)
    likelihood = np.where(positive[held_out] == 1, np.log(probability), np.log1p(-probability))
    return np.asarray(-2 * likelihood.mean(axis=1), dtype=np.float64)


def _until_stalled(path: LassoPath) -> LassoPath:
    gain = np.diff(path.explained, prepend=-np.inf)
    ended = (path.explained > _SATURATED) | ((gain < _STALLED * path.explained) & (np.arange(gain.size) >= 5))
    length = int(np.argmax(ended)) + 1 if ended.any() else ended.size
    return LassoPath(*(part[:length] for part in path))


def _solve(design: Floats, target: Floats, penalty: float, ridge: float, start: Floats) -> Floats:
    """Minimise for one L1 and one L2 penalty; column 0 of `design` is the intercept, with sign 0 and no penalty."""
    rows = len(design)
    coefficients = start.copy()
    signs = np.sign(coefficients)
    signs[0] = 0.0
    active = np.flatnonzero(np.concatenate([[True], signs[1:] != 0]))
    linear = design[:, active] @ coefficients[active]
    for _ in range(_STEPS):
        residual = (expit(linear) - target) / rows
        columns = design[:, active]
        shrunk = np.where(active > 0, ridge, 0.0)
        gradient = columns.T @ residual + penalty * signs[active] + shrunk * coefficients[active]
        if np.abs(gradient).max() <= 0.1 * _OPTIMAL:
            slope = design.T @ residual
            slope[active] = 0.0
            entering = np.flatnonzero(np.abs(slope) > penalty + _OPTIMAL)
            if not entering.size:
                return coefficients
            signs[entering] = -np.sign(slope[entering])
            active = np.append(active, entering)
            continue
        direction = _newton_direction(columns, expit(linear), gradient, shrunk)
        along = columns @ direction
        boundary = _steps_to_zero(coefficients[active], direction, signs[active])
        slope_of_penalty = float((penalty * signs[active] + shrunk * coefficients[active]) @ direction)
        bend = float(shrunk @ direction**2) / 2
        length = _backtrack(target, linear, along, float(gradient @ direction), (slope_of_penalty, bend), boundary)
        coefficients[active] += length * direction
        leaving = boundary <= length
        coefficients[active[leaving]] = signs[active[leaving]] = 0.0
        linear = linear + length * along
        active = active[~leaving]
    raise ArithmeticError(f"no LASSO solution for penalty {penalty:g}")


def _newton_direction(columns: Floats, fitted: Floats, gradient: Floats, shrunk: Floats) -> Floats:
    curvature = (columns * (fitted * (1 - fitted))[:, None]).T @ columns / len(columns)
    curvature.flat[:: len(curvature) + 1] += _RIDGE + shrunk
    _, direction, failed = dposv(curvature, -gradient)
    if failed:
        return np.asarray(np.linalg.lstsq(curvature, -gradient)[0], dtype=np.float64)
    return np.asarray(direction, dtype=np.float64)


def _steps_to_zero(coefficients: Floats, direction: Floats, signs: Floats) -> Floats:
    """Compute the step length at which each coefficient would change its sign; infinite where it never does."""
    shrinks = signs * direction < 0
    steps = np.full(signs.shape, np.inf)
    np.divide(-coefficients, direction, out=steps, where=shrinks)
    return steps


def _backtrack(
    target: Floats, linear: Floats, along: Floats, slope: float, penalty: tuple[float, float], boundary: Floats
) -> float:
    """Find a step length, at most 1 and the nearest boundary, that lowers the objective (Armijo).

    `penalty` holds the linear and the quadratic coefficient of the penalties along the direction.
    """
    length = min(1.0, float(boundary.min()))
    before = -log_likelihood(target, linear) / target.size
    for _ in range(50):
        loss = -log_likelihood(target, linear + length * along) / target.size
        after = loss + length * penalty[0] + length**2 * penalty[1]
        if after <= before + 1e-4 * length * slope + 1e-14:
            break
        length /= 2
    return length


def _check_table(x: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    target = check_outcome(y).astype(np.float64)
    design = np.asarray(x, dtype=np.float64)
    if design.ndim != 2 or len(design) != target.size or not design.shape[1]:
        raise ValueError(f"expected {target.size} rows and at least one column, got an array of shape {design.shape}")
    if not np.isfinite(design).all():
        raise ValueError("a feature is NaN or infinite; impute or drop it on training rows first")
    if target.all() or not target.any():
        raise ValueError("only one class to fit on")
    return design, target
