"""LASSO and elastic-net logistic regression along a path of penalties, with cross-validated deviance.

The penalised likelihood is that of glmnet: mean logistic loss + lambda (mixing sum |b| + (1 - mixing) / 2 sum b^2).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_outcome
from sonomics.statistics.regression.logistic import log_likelihood
from sonomics.statistics.selection.active_set import check_penalties, count_until_stalled, follow_path, space_penalties
from sonomics.statistics.selection.held_out import choose_penalty, list_folds

LEAST_PROBABILITY = 1e-5


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
    return space_penalties(largest, len(design), design.shape[1], n_lambda)


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
    penalties = check_penalties(lambdas, mixing)
    augmented = np.asfortranarray(np.column_stack([np.ones(len(design)), design]))
    start = np.zeros(augmented.shape[1])
    start[0] = np.log(positive.mean() / (1 - positive.mean()))
    found = follow_path(_LogisticLoss(augmented, positive), penalties, mixing, start)
    return LassoPath(penalties, found.coefficients[:, 0], found.coefficients[:, 1:], found.explained)


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
    folds = list_folds(fold_ids, len(design))
    if lambdas is None:
        penalties = lambda_path(design, positive, n_lambda, mixing)
        path = _cut_stalled(lasso_path(design, positive, penalties, mixing))
    else:
        path = lasso_path(design, positive, lambdas, mixing)
    chosen = choose_penalty(
        folds,
        [rows.sum() for rows in folds],
        lambda rows: _held_out_deviance(design, positive, rows, path.lambdas, mixing),
    )
    return LassoResult(path.lambdas, path.intercepts, path.coefficients, *chosen)


class _LogisticLoss:
    """Mean logistic loss; column 0 of `design` is the intercept."""

    free = 1

    def __init__(self, design: Floats, target: Floats) -> None:
        self._design, self._target = design, target
        self.size = design.shape[1]

    def predict(self, active: np.ndarray, values: Floats) -> Floats:
        return np.asarray(self._design[:, active] @ values, dtype=np.float64)

    def value(self, linear: Floats) -> float:
        return -log_likelihood(self._target, linear) / self._target.size

    def slopes(self, linear: Floats, active: np.ndarray) -> Floats:
        residual = (expit(linear) - self._target) / self._target.size
        return np.asarray(self._design[:, active].T @ residual, dtype=np.float64)

    def curvature(self, linear: Floats, active: np.ndarray) -> Floats:
        columns, fitted = self._design[:, active], expit(linear)
        return np.asarray((columns * (fitted * (1 - fitted))[:, None]).T @ columns / len(columns), dtype=np.float64)


def _held_out_deviance(
    design: Floats, positive: Floats, held_out: np.ndarray, lambdas: Floats, mixing: float
) -> Floats:
    path = lasso_path(design[~held_out], positive[~held_out], lambdas, mixing)
    linear = path.intercepts[:, None] + path.coefficients @ design[held_out].T
    probability = np.clip(expit(linear), LEAST_PROBABILITY, 1 - LEAST_PROBABILITY)
    likelihood = np.where(positive[held_out] == 1, np.log(probability), np.log1p(-probability))
    return np.asarray(-2 * likelihood.mean(axis=1), dtype=np.float64)


def _cut_stalled(path: LassoPath) -> LassoPath:
    length = count_until_stalled(path.explained)
    return LassoPath(*(part[:length] for part in path))


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
