"""Minimum of Cox's loss (Breslow's ties) with L1 and L2 penalties, by glmnet's coordinate descent.

The loss is replaced by a quadratic approximation that neglects how rows at risk together depend on one another; its
coefficients take turns until nothing moves: all columns that may enter, then those that have entered until they rest.
"""

import numpy as np
from numba import njit

from sonomics.statistics.estimates import Floats
from sonomics.statistics.selection.active_set import SATURATED, Solutions
from sonomics.statistics.survival.breslow import BreslowLoss

_TURNS = 1_000_000


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
        Once 99.9 % of the deviance is explained, the solution is repeated for the remaining penalties.

    Raises
    ------
    ArithmeticError
        If the turns do not end.

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
    before = 0.0
    for step, penalty in enumerate(penalties):
        if step == 0 or explained[step - 1] <= SATURATED:
            lasso, ridge = float(penalty) * mixing, float(penalty) * (1 - mixing)
            # The strong rule: a column whose slope is far below the penalty will not enter, as the end checks.
            screened |= np.abs(x.T @ loss.residual(x @ current)) > 2 * lasso - before
            for _ in range(_TURNS):
                weight, residual = loss.approximate(x @ current)
                curvature = (x**2).T @ weight
                start = current.copy()
                count, failed = _take_turns(
                    x, weight, -residual, curvature, current, screened, entered, count, lasso, ridge, precision * null
                )
                if failed:
                    raise ArithmeticError(f"no Cox LASSO solution for penalty {penalty:g}")
                if (curvature * (current - start) ** 2 >= precision * null).any():
                    continue
                added = ~screened & (np.abs(x.T @ loss.residual(x @ current)) > lasso)
                if not added.any():
                    break
                screened |= added
            else:
                raise ArithmeticError(f"no Cox LASSO solution for penalty {penalty:g}")
            before = lasso
        coefficients[step] = current
        explained[step] = 1 - (loss.value(x @ current) - loss.saturated) / null
    return Solutions(coefficients, explained)


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
) -> tuple[int, bool]:
    """Move the coefficients, in place, until nothing moves; return how many columns have entered, and failure."""
    rows, columns = x.shape
    known = np.zeros(columns, dtype=np.bool_)
    known[entered[:count]] = True
    everyone = True
    for _ in range(_TURNS):
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
                return count, False
            everyone = True
        else:
            everyone = False
    return count, True
