"""Minimum of Cox's loss (Breslow's ties) with L1 and L2 penalties, by glmnet's coordinate descent.

The loss is replaced by a quadratic approximation that neglects how rows at risk together depend on one another; its
coefficients take turns until nothing moves: all columns that may enter, then those that have entered until they rest.
"""

import numpy as np
from numba import njit

from sonomics.statistics.estimates import Floats
from sonomics.statistics.selection.active_set import SATURATED, Solutions
from sonomics.statistics.survival.breslow import BreslowLoss

# A tenth of the largest exponent, as glmnet cuts the linear predictor of a fit that runs to infinity.
_LARGEST = 70.0
_TURNS = 100_000


def follow_cox_path(loss: BreslowLoss, penalties: Floats, mixing: float, precision: float) -> Solutions:
    """Minimise loss + penalty (mixing sum |b| + (1 - mixing) / 2 sum b^2).

    Parameters
    ----------
    loss : BreslowLoss
        Of standardised columns.
    penalties : ndarray, shape (l,)
        Descending; each starts from the solution before.
    mixing : float
        Share of the L1 penalty, in [0, 1].
    precision : float
        Gain of a step that ends the turns, as a share of the null deviance (glmnet's `thresh`).

    Returns
    -------
    Solutions
        Once 99.9 % of the deviance is explained, or where the turns do not end, as in a fit that runs to infinity, the
        last solution is repeated for the remaining penalties, as glmnet ends its path.

    References
    ----------
    Simon N, Friedman J, Hastie T, Tibshirani R, J Stat Softw 2011.
    """
    x, rows = loss.design, len(loss.design)
    null = loss.value(np.zeros(rows)) - loss.saturated
    coefficients, explained = np.zeros((penalties.size, loss.size)), np.zeros(penalties.size)
    current = np.zeros(loss.size)
    screened = np.zeros(loss.size, dtype=np.bool_)
    entered, count = np.zeros(loss.size, dtype=np.int64), 0
    before, ended, settles = 0.0, False, True
    for step, penalty in enumerate(penalties):
        lasso, ridge = float(penalty) * mixing, float(penalty) * (1 - mixing)
        if not ended:
            # The strong rule: a column whose slope is far below the penalty will not enter, as the end checks.
            screened |= np.abs(x.T @ loss.residual(_cut(x @ current))) > 2 * lasso - before
            last, count, settles = (
                current.copy(),
                *_settle(loss, current, screened, entered, count, lasso, ridge, precision * null),
            )
            current = current if settles else last
            before = lasso
        coefficients[step] = current
        explained[step] = 1 - (loss.value(x @ current) - loss.saturated) / null if null > 0 else 0.0
        ended = ended or not settles or explained[step] > SATURATED
    return Solutions(coefficients, explained)


def _settle(
    loss: BreslowLoss,
    current: Floats,
    screened: np.ndarray,
    entered: np.ndarray,
    count: int,
    lasso: float,
    ridge: float,
    settled: float,
) -> tuple[int, bool]:
    """Move the coefficients, in place, until nothing moves and nothing enters; return what has entered, and success."""
    left = _TURNS
    while left > 0:
        weight, residual = loss.approximate(_cut(loss.design @ current))
        curvature = (loss.design**2).T @ weight
        start = current.copy()
        count, turns = _take_turns(
            loss.design, weight, -residual, curvature, current, screened, entered, count, lasso, ridge, settled, left
        )
        left -= turns
        if (curvature * (current - start) ** 2 >= settled).any():
            continue
        added = ~screened & (np.abs(loss.design.T @ loss.residual(_cut(loss.design @ current))) > lasso)
        if not added.any():
            return count, True
        screened |= added
    return count, False


def _cut(linear: Floats) -> Floats:
    return np.clip(linear, -_LARGEST, _LARGEST)


@njit(cache=True)
def _take_turns(
    x: Floats,
    weight: Floats,
    pull: Floats,
    curvature: Floats,
    coefficients: Floats,
    screened: np.ndarray,
    entered: np.ndarray,
    count: int,
    penalty: float,
    ridge: float,
    settled: float,
    most: int,
) -> tuple[int, int]:
    """Move the coefficients, in place, until nothing moves; return how many columns have entered, and the turns."""
    rows, columns = x.shape
    known = np.zeros(columns, dtype=np.bool_)
    known[entered[:count]] = True
    everyone = True
    for turn in range(most):
        largest = 0.0
        for place in range(columns if everyone else count):
            k = place if everyone else entered[place]
            if not screened[k]:
                continue
            target = curvature[k] * coefficients[k]
            for i in range(rows):
                target += pull[i] * x[i, k]
            left = abs(target) - penalty
            value = np.sign(target) * left / (curvature[k] + ridge) if left > 0 else 0.0
            step = value - coefficients[k]
            if step == 0.0:
                continue
            coefficients[k] = value
            largest = max(largest, curvature[k] * step * step)
            for i in range(rows):
                pull[i] -= step * weight[i] * x[i, k]
            if not known[k]:
                known[k] = True
                entered[count] = k
                count += 1
        if largest < settled:
            if everyone:
                return count, turn + 1
            everyone = True
        else:
            everyone = False
    return count, most
