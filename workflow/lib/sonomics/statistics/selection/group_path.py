"""Minimum of the multinomial loss with the grouped penalty, which keeps or drops the coefficients of a column together.

glmnet's algorithm: the curvature of the loss is bounded by a multiple of the columns' products, which are equal for all
classes, so that a column's coefficients have their minimum in closed form; columns take turns until nothing moves.
"""

import numpy as np
from numba import njit

from sonomics.statistics.estimates import Floats
from sonomics.statistics.selection.active_set import SATURATED, Solutions
from sonomics.statistics.selection.multinomial_loss import MultinomialLoss

_TURNS = 200_000
_FLAT = 1e-6


def follow_group_path(loss: MultinomialLoss, penalties: Floats, mixing: float, precision: float) -> Solutions:
    """Minimise loss + penalty (mixing sum_j |b_j| + (1 - mixing) / 2 sum b^2), |b_j| the length of a column's vector.

    Parameters
    ----------
    loss : MultinomialLoss
        Of standardised columns.
    penalties : ndarray, shape (l,)
        Descending; each starts from the solution before.
    mixing : float
        Share of the grouped penalty, in (0, 1].
    precision : float
        Gain of a step that ends the turns, as a share of the null loss (glmnet's `thresh`).

    Returns
    -------
    Solutions
        Once 99.9 % of the deviance is explained, or where the turns do not end, as in a fit that runs to infinity, the
        last solution is repeated for the remaining penalties, as glmnet ends its path.

    References
    ----------
    Simon N, Friedman J, Hastie T, arXiv 1311.6529, 2013.
    """
    null = loss.value(np.tile(loss.null_intercepts(), (len(loss.x), 1)))
    coefficients, explained = np.zeros((penalties.size, loss.size)), np.zeros(penalties.size)
    state = _State(loss)
    ended = False
    for step, penalty in enumerate(penalties):
        before = float(penalties[step - 1]) * mixing if step else 0.0
        lasso, ridge = float(penalty) * mixing, float(penalty) * (1 - mixing)
        ended = ended or not state.minimise(lasso, ridge, before, precision * null)
        coefficients[step] = coefficients[step - 1] if ended and step else state.vector()
        explained[step] = 1 - loss.value(loss.predict(coefficients[step])) / null
        ended = ended or explained[step] > SATURATED
    return Solutions(coefficients, explained)


class _State:
    """Intercepts, coefficients by column and class, and which columns have been looked at and have entered."""

    def __init__(self, loss: MultinomialLoss) -> None:
        self._loss = loss
        self._x = loss.x
        self._intercepts = loss.null_intercepts()
        self._table = np.zeros((self._x.shape[1], loss.classes))
        self._screened = np.zeros(0, dtype=np.int64)
        self._entered = np.zeros(0, dtype=np.int64)

    def vector(self) -> Floats:
        return np.concatenate([self._intercepts, self._table.ravel()])

    def minimise(self, penalty: float, ridge: float, before: float, settled: float) -> bool:
        """Move until nothing moves and nothing enters; return success."""
        # The strong rule: a column whose slope is far below the penalty will not enter, which is checked in the end.
        self._screen(2 * penalty - before)
        while True:
            gram = self._x[:, self._screened].T @ self._x[:, self._screened] / len(self._x)
            if not self._settle(gram, penalty, ridge, settled):
                return False
            if not self._screen(penalty):
                return True

    def _screen(self, least: float) -> bool:
        """Add the columns whose slope is longer than `least`; return whether there are any."""
        lengths = np.linalg.norm(self._x.T @ self._loss.residual(self._predict()), axis=1)
        lengths[self._screened] = 0.0
        added = np.flatnonzero(lengths > least)
        self._screened = np.union1d(self._screened, added)
        return bool(added.size)

    def _predict(self) -> Floats:
        used = self._entered
        return np.asarray(self._x[:, used] @ self._table[used] + self._intercepts, dtype=np.float64)

    def _settle(self, gram: Floats, penalty: float, ridge: float, settled: float) -> bool:
        """Move the screened columns until nothing moves, by a bound of the curvature at a time; return success."""
        left = _TURNS
        while left > 0:
            linear = self._predict()
            bound = 2 * self._loss.largest_variance(linear)
            if bound < _FLAT:
                return False
            residual = -self._loss.residual(linear) / bound
            shift = residual.sum(axis=0)
            slopes = self._x[:, self._screened].T @ residual
            self._intercepts = self._intercepts + shift
            before = self._table[self._screened]
            entered = np.searchsorted(self._screened, self._entered)
            after, order, turns = _take_turns(
                gram, slopes, before, entered, penalty / bound, ridge / bound, settled, left
            )
            self._table[self._screened] = after
            self._entered = self._screened[order]
            left -= turns
            moved = max(float((shift**2).max()), float(((after - before) ** 2).max(initial=0.0)))
            self._intercepts = self._intercepts - self._intercepts.mean()
            if moved <= settled:
                return True
        return False


@njit(cache=True)
def _take_turns(
    gram: Floats,
    slopes: Floats,
    start: Floats,
    entered: np.ndarray,
    penalty: float,
    ridge: float,
    settled: float,
    most: int,
) -> tuple[Floats, np.ndarray, int]:
    """Minimise over one column after another; all columns, then those that have entered until they rest, and so on.

    Returns the coefficients, the columns that have entered, in their order, and the number of turns.
    """
    columns, classes = start.shape
    table, slope = start.copy(), slopes.copy()
    order, is_in = np.zeros(columns, dtype=np.int64), np.zeros(columns, dtype=np.bool_)
    count = entered.size
    for place in range(count):
        order[place] = entered[place]
        is_in[entered[place]] = True
    change = np.zeros(classes)
    turns, everyone = 0, True
    while turns < most:
        turns += 1
        largest = 0.0
        for place in range(columns if everyone else count):
            j = place if everyone else order[place]
            length = 0.0
            for c in range(classes):
                change[c] = slope[j, c] + table[j, c] * gram[j, j]
                length += change[c] * change[c]
            length = np.sqrt(length)
            share = 1.0 - penalty / length if length > penalty else 0.0
            moves = False
            for c in range(classes):
                value = change[c] * share / (gram[j, j] + ridge) if share > 0.0 else 0.0
                change[c] = value - table[j, c]
                table[j, c] = value
                moves = moves or change[c] != 0.0
                largest = max(largest, gram[j, j] * change[c] * change[c])
            if not moves:
                continue
            for k in range(columns):
                for c in range(classes):
                    slope[k, c] -= gram[k, j] * change[c]
            if not is_in[j]:
                is_in[j] = True
                order[count] = j
                count += 1
        if largest < settled:
            if everyone:
                break
            everyone = True
        else:
            everyone = False
    return table, order[:count], turns
