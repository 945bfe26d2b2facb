"""LASSO, elastic-net and ridge Cox regression along a path of penalties, with cross-validated deviance.

The penalised likelihood is that of glmnet's Cox family: mean negative log partial likelihood with Breslow's handling of
ties + lambda (mixing sum |b| + (1 - mixing) / 2 sum b^2).
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Booleans, Floats
from sonomics.statistics.inputs import check_follow_up
from sonomics.statistics.regression.design import standardise_design
from sonomics.statistics.selection.active_set import (
    check_penalties,
    count_until_stalled,
    space_penalties,
)
from sonomics.statistics.selection.cox_descent import follow_cox_path
from sonomics.statistics.selection.held_out import choose_penalty, list_folds
from sonomics.statistics.selection.lasso import NoPathError
from sonomics.statistics.survival.breslow import BreslowLoss

# Gain of a step, as a share of the null deviance, below which steps end: glmnet's `thresh`, whose default is 1e-7.
PRECISION = 1e-8
_LEAST_MIXING = 1e-3


class CoxPath(NamedTuple):
    """Solutions for descending penalties.

    Attributes
    ----------
    lambdas : ndarray, shape (l,)
    coefficients : ndarray, shape (l, p)
        On the scale of the columns given; 0 for a constant column.
    explained : ndarray, shape (l,)
        Share of the deviance.
    """

    lambdas: Floats
    coefficients: Floats
    explained: Floats


class CoxLassoResult(NamedTuple):
    """A path on all rows (see `CoxPath`) and its cross-validated deviance (see `held_out.HeldOut`)."""

    lambdas: Floats
    coefficients: Floats
    deviance_mean: Floats
    deviance_se: Floats
    index_min: int
    index_1se: int


def cox_lambda_path(
    x: ArrayLike, time: ArrayLike, event: ArrayLike, n_lambda: int = 100, mixing: float = 1.0
) -> Floats:
    """Compute descending, log-equidistant penalties from the smallest that zeroes every coefficient.

    Parameters
    ----------
    x, time, event
        As `cox_lasso_path`.
    n_lambda : int
        Number of penalties.
    mixing : float
        Share of the L1 penalty, in [0, 1]; below 0.001 the penalties are those of 0.001, as a ridge zeroes nothing.

    Raises
    ------
    ValueError
        As `cox_lasso_path`.
    NoPathError
        If no column varies with the hazard.
    """
    happened, times = _check_events(time, event)
    table = standardise_design(x, times.size).values
    loss = BreslowLoss(table, times, happened)
    slopes = loss.design.T @ loss.residual(np.zeros(times.size))
    largest = float(np.abs(slopes).max()) / max(mixing, _LEAST_MIXING)
    if largest <= 1e-12:
        raise NoPathError("no feature varies with the hazard")
    return space_penalties(largest, len(table), table.shape[1], n_lambda)


def cox_lasso_path(
    x: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    lambdas: ArrayLike,
    mixing: float = 1.0,
    precision: float = PRECISION,
) -> CoxPath:
    """Minimise the penalised loss for every penalty, each from the solution before.

    Parameters
    ----------
    x : array_like, shape (n, p)
        Any scale: columns are standardised on these rows before they are penalised.
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    lambdas : array_like, shape (l,)
        Positive, descending.
    mixing : float
        Share of the L1 penalty, in [0, 1]; 1 is the LASSO, 0 the ridge.
    precision : float
        Gain of a step, as a share of the null deviance, below which steps end; the time grows with the digits.

    Returns
    -------
    CoxPath
        Once 99.9 % of the deviance is explained, or where the steps do not end, as in a fit that runs to infinity, the
        last solution is repeated for the remaining penalties, as glmnet ends its path.

    Raises
    ------
    ValueError
        Without an event, with NaN, penalties that are not positive and descending, or a mixing outside [0, 1].

    References
    ----------
    Simon N, Friedman J, Hastie T, Tibshirani R, J Stat Softw 2011; Breslow N, Biometrics 1974 (ties).
    """
    happened, times = _check_events(time, event)
    penalties = check_penalties(lambdas, mixing, least=-1.0)
    scaled = standardise_design(x, times.size)
    loss = BreslowLoss(scaled.values, times, happened)
    found = follow_cox_path(loss, penalties, mixing, precision)
    return CoxPath(penalties, found.coefficients / scaled.spread, found.explained)


def cox_lasso_cv(
    x: ArrayLike,
    time: ArrayLike,
    event: ArrayLike,
    fold_ids: ArrayLike,
    n_lambda: int = 100,
    lambdas: ArrayLike | None = None,
    mixing: float = 1.0,
    precision: float = PRECISION,
) -> CoxLassoResult:
    """Fit the path on all rows and score every penalty by partial-likelihood deviance over the given folds.

    Parameters
    ----------
    x, time, event, mixing, precision
        As `cox_lasso_path`; each fold standardises on its own training rows.
    fold_ids : array_like, shape (n,)
        Fold in which each row is held out.
    n_lambda : int
        Length of the default path, which ends early when the fit is saturated or stalls.
    lambdas : array_like, shape (l,), optional
        Penalties to use instead of the default path.

    Returns
    -------
    CoxLassoResult
        Deviance of a fold: that of all rows minus that of its training rows, per held-out event; folds are weighted by
        their events.

    Raises
    ------
    ValueError
        As `cox_lasso_path`; also with fewer than two folds or a fold without a held-out or a training event.
    NoPathError
        As `cox_lambda_path`, when no penalties are given.

    References
    ----------
    van Houwelingen HC et al., Stat Med 2006 (deviance).
    """
    happened, times = _check_events(time, event)
    table = np.asarray(x, dtype=np.float64)
    folds = list_folds(fold_ids, times.size)
    events = [int(happened[rows].sum()) for rows in folds]
    if min(events) == 0 or max(events) == happened.sum():
        raise ValueError("a fold has no event, or all of them; deal events evenly over the folds, or take fewer folds")
    if lambdas is None:
        penalties = cox_lambda_path(table, times, happened, n_lambda, mixing)
        path = cox_lasso_path(table, times, happened, penalties, mixing, precision)
        path = CoxPath(*(part[: count_until_stalled(path.explained)] for part in path))
    else:
        path = cox_lasso_path(table, times, happened, lambdas, mixing, precision)
    everyone = BreslowLoss(table, times, happened)

    def score(rows: Booleans) -> Floats:
        train = BreslowLoss(table[~rows], times[~rows], happened[~rows])
        parts = (table[~rows], times[~rows], happened[~rows])
        fitted = cox_lasso_path(*parts, path.lambdas, mixing, precision).coefficients
        of_all, of_train = (
            np.array([loss.deviance(beta) for beta in fitted], dtype=np.float64) for loss in (everyone, train)
        )
        return np.asarray((of_all - of_train) / happened[rows].sum(), dtype=np.float64)

    chosen = choose_penalty(folds, events, score)
    return CoxLassoResult(path.lambdas, path.coefficients, *chosen)


def _check_events(time: ArrayLike, event: ArrayLike) -> tuple[Booleans, Floats]:
    happened, times = check_follow_up(time, event)
    if not happened.any():
        raise ValueError("no events to fit on")
    return happened, times
