"""Minimum of the multinomial loss with a penalty of every coefficient by itself, by glmnet's coordinate descent.

Class by class, the loss is replaced by its quadratic approximation in that class's coefficients, which take turns until
nothing moves: all columns that may enter, then those that have entered until they rest, and so on.
"""

import numpy as np
from numba import njit

from sonomics.statistics.estimates import Floats
from sonomics.statistics.selection.active_set import SATURATED, Solutions
from sonomics.statistics.selection.multinomial_loss import MultinomialLoss

# A probability nearer to 0 or 1 counts as this one.
_LEAST = 1e-9
_FLAT = 1e-9
_LARGEST = 250.0
_TURNS = 100_000


def follow_class_path(loss: MultinomialLoss, penalties: Floats, mixing: float, precision: float) -> Solutions:
    """Minimise loss + penalty (mixing sum |b| + (1 - mixing) / 2 sum b^2) for three classes or more.

    Parameters
    ----------
    loss : MultinomialLoss
        Of standardised columns.
    penalties : ndarray, shape (l,)
        Descending; each starts from the solution before.
    mixing : float
        Share of the L1 penalty, in (0, 1].
    precision : float
        Gain of a step that ends the turns, as a share of the null loss (glmnet's `thresh`).

    Returns
    -------
    Solutions
        Once 99.9 % of the deviance is explained, or where the turns do not end, as in a fit that runs to infinity, the
        last solution is repeated for the remaining penalties, as glmnet ends its path.

    References
    ----------
    Friedman J, Hastie T, Tibshirani R, J Stat Softw 2010.
    """
    coefficients, explained = np.zeros((penalties.size, loss.size)), np.zeros(penalties.size)
    x, intercepts = loss.x, loss.null_intercepts()
    null = loss.value(np.tile(intercepts, (len(x), 1)))
    table = np.zeros((x.shape[1], loss.classes))
    screened = np.zeros(x.shape[1], dtype=np.bool_)
    entered = np.zeros(x.shape[1], dtype=np.int64)
    count, before, ended = 0, 0.0, False
    for step, penalty in enumerate(penalties):
        if not ended:
            last = intercepts.copy(), table.copy()
            lasso, ridge = float(penalty) * mixing, float(penalty) * (1 - mixing)
            # The strong rule: a column whose slopes are far below the penalty will not enter, as the end checks.
            screened |= _steepness(loss, intercepts, table) > 2 * lasso - before
            while not ended:
                count, ended = _descend(
                    x, loss.code, intercepts, table, screened, entered, count, lasso, ridge, precision * null
                )
                added = ~screened & (_steepness(loss, intercepts, table) > lasso)
                if not added.any():
                    break
                screened |= added
            if ended:
                intercepts, table = last
            before = lasso
        coefficients[step] = np.concatenate([intercepts, table.ravel()])
        explained[step] = 1 - loss.value(loss.predict(coefficients[step])) / null
        ended = ended or explained[step] > SATURATED
    return Solutions(coefficients, explained)


def _steepness(loss: MultinomialLoss, intercepts: Floats, table: Floats) -> Floats:
    """Compute the largest slope of every column over the classes, shape (p,)."""
    slopes = loss.x.T @ loss.residual(loss.x @ table + intercepts)
    return np.asarray(np.abs(slopes).max(axis=1), dtype=np.float64)


@njit(cache=True)
def _descend(
    x: Floats,
    code: np.ndarray,
    intercepts: Floats,
    table: Floats,
    screened: np.ndarray,
    entered: np.ndarray,
    count: int,
    penalty: float,
    ridge: float,
    settled: float,
) -> tuple[int, bool]:
    """Move intercepts and table, in place, until nothing moves; return how many columns have entered, and failure."""
    rows, columns = x.shape
    classes = table.shape[1]
    odds = _odds(x, intercepts, table, entered, count)
    total = odds.sum(axis=1)
    known = np.zeros(columns, dtype=np.bool_)
    known[entered[:count]] = True
    weight, residual, curvature = np.zeros(rows), np.zeros(rows), np.zeros(columns)
    turns, moves, varies = 0, True, True
    while moves and varies:
        moves, varies = False, False
        for c in range(classes):
            constant, before = intercepts[c], table[:, c].copy()
            spread = _approximate(odds, total, code, c, weight, residual)
            if spread <= _FLAT:
                continue
            varies = True
            for k in range(columns):
                if screened[k]:
                    curvature[k] = (weight * x[:, k] ** 2).sum()
            everyone = True
            while True:
                turns += 1
                if turns > _TURNS:
                    return count, True
                largest = 0.0
                for place in range(columns if everyone else count):
                    k = place if everyone else entered[place]
                    if not screened[k] or curvature[k] <= 0.0:
                        continue
                    slope = 0.0
                    for i in range(rows):
                        slope += residual[i] * x[i, k]
                    target = slope + curvature[k] * table[k, c]
                    left = abs(target) - penalty
                    value = np.sign(target) * left / (curvature[k] + ridge) if left > 0 else 0.0
                    step = value - table[k, c]
                    if step == 0.0:
                        continue
                    table[k, c] = value
                    largest = max(largest, curvature[k] * step * step)
                    for i in range(rows):
                        residual[i] -= step * weight[i] * x[i, k]
                    if not known[k]:
                        known[k] = True
                        entered[count] = k
                        count += 1
                step = residual.sum() / spread
                intercepts[c] += step
                largest = max(largest, spread * step * step)
                for i in range(rows):
                    residual[i] -= step * weight[i]
                if largest < settled:
                    if everyone:
                        break
                    everyone = True
                else:
                    everyone = False
            moves = moves or spread * (intercepts[c] - constant) ** 2 > settled
            for place in range(count):
                k = entered[place]
                moves = moves or curvature[k] * (table[k, c] - before[k]) ** 2 > settled
            _renew(x, intercepts[c], table[:, c].copy(), entered, count, odds[:, c], total)
        _centre(intercepts, table, entered, count, penalty > 0 and ridge == 0)
        odds = _odds(x, intercepts, table, entered, count)
        total = odds.sum(axis=1)
    return count, False


@njit(cache=True)
def _odds(x: Floats, intercepts: Floats, table: Floats, entered: np.ndarray, count: int) -> Floats:
    odds = np.empty((len(x), intercepts.size))
    for i in range(len(x)):
        for c in range(intercepts.size):
            linear = intercepts[c]
            for place in range(count):
                linear += table[entered[place], c] * x[i, entered[place]]
            odds[i, c] = np.exp(min(max(linear, -_LARGEST), _LARGEST))
    return odds


@njit(cache=True)
def _approximate(odds: Floats, total: Floats, code: np.ndarray, c: int, weight: Floats, residual: Floats) -> float:
    """Fill the weights and residuals of one class's quadratic approximation; return the sum of the weights."""
    rows, spread = len(total), 0.0
    for i in range(rows):
        p = odds[i, c] / total[i]
        if p < _LEAST * (1 + _LEAST):
            p = 0.0
        elif p > (1 - _LEAST) * (1 - _LEAST):
            p = 1.0
        weight[i] = p * (1 - p) / rows
        spread += weight[i]
        residual[i] = ((1.0 if code[i] == c else 0.0) - p) / rows
    return spread


@njit(cache=True)
def _renew(
    x: Floats, constant: float, column: Floats, entered: np.ndarray, count: int, odds: Floats, total: Floats
) -> None:
    """Renew the odds of one class after its coefficients have moved."""
    for i in range(len(total)):
        linear = constant
        for place in range(count):
            linear += column[entered[place]] * x[i, entered[place]]
        # By the difference alone, others could be lost next to odds that are not yet bounded.
        others = max(total[i] - odds[i], _LEAST * _LEAST * total[i])
        value = np.exp(min(max(linear, -_LARGEST), _LARGEST))
        odds[i] = min(max(others * _LEAST / (1 - _LEAST), value), others * (1 - _LEAST) / _LEAST)
        total[i] = others + odds[i]


@njit(cache=True)
def _centre(intercepts: Floats, table: Floats, entered: np.ndarray, count: int, by_median: bool) -> None:
    """Shift a column's coefficients to where their penalty is smallest, which changes no probability.

    By the median for the L1 penalty, the middle of both for an even number of classes; a mixed penalty finds its own
    minimum, and its coefficients stay.
    """
    classes = intercepts.size
    intercepts -= intercepts.mean()
    for place in range(count):
        row = np.sort(table[entered[place]])
        shift = 0.5 * (row[(classes - 1) // 2] + row[classes // 2]) if by_median else 0.0
        table[entered[place]] -= shift
