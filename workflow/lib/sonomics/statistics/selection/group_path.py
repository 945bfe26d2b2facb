"""Minimum of the multinomial loss with the grouped penalty, which keeps or drops the coefficients of a column together.

A proximal Newton method: the loss is replaced by its quadratic approximation over the columns in the working set, which
is minimised by block coordinate descent; columns that violate the optimality conditions enter the set.
"""

import numpy as np
from numba import njit

from sonomics.statistics.estimates import Floats
from sonomics.statistics.selection.active_set import SATURATED, Solutions
from sonomics.statistics.selection.multinomial_loss import MultinomialLoss

_STEPS = 200
_SWEEPS = 20_000
_SETTLED = 1e-11
_OPTIMAL = 1e-8


def follow_group_path(loss: MultinomialLoss, penalties: Floats, mixing: float, start: Floats) -> Solutions:
    """Minimise loss + penalty (mixing sum_j |b_j| + (1 - mixing) / 2 sum b^2), |b_j| the length of a column's vector.

    Parameters
    ----------
    loss : MultinomialLoss
    penalties : ndarray, shape (l,)
        Descending; each starts from the solution before.
    mixing : float
        Share of the grouped penalty, in (0, 1].
    start : ndarray, shape (size,)
        Coefficients of the model without features.

    Returns
    -------
    Solutions
        Once 99.9 % of the deviance is explained, the solution is repeated for the remaining penalties.

    References
    ----------
    Yuan M, Lin Y, J R Stat Soc B 2006; Lee JD, Sun Y, Saunders MA, SIAM J Optim 2014 (proximal Newton).
    """
    everything = np.arange(loss.size)
    null = loss.value(loss.predict(everything, start))
    coefficients, explained = np.zeros((penalties.size, loss.size)), np.zeros(penalties.size)
    current = start
    for step, penalty in enumerate(penalties):
        if step == 0 or explained[step - 1] <= SATURATED:
            current = _minimise(loss, float(penalty) * mixing, float(penalty) * (1 - mixing), current)
        coefficients[step] = current
        explained[step] = 1 - loss.value(loss.predict(everything, current)) / null
    return Solutions(coefficients, explained)


def _minimise(loss: MultinomialLoss, penalty: float, ridge: float, start: Floats) -> Floats:
    coefficients, everything = start.copy(), np.arange(loss.size)
    kept = _lengths(loss, coefficients) > 0
    for _ in range(_STEPS):
        active = np.concatenate([np.arange(loss.free), loss.free + np.flatnonzero(np.repeat(kept, loss.classes))])
        coefficients = _minimise_on(loss, penalty, ridge, coefficients, active)
        slope = loss.slopes(loss.predict(everything, coefficients), everything)
        entering = (_lengths(loss, slope) > penalty + _OPTIMAL) & ~kept
        if not entering.any():
            return coefficients
        kept = (_lengths(loss, coefficients) > 0) | entering
    raise ArithmeticError(f"no grouped LASSO solution for penalty {penalty:g}")


def _minimise_on(loss: MultinomialLoss, penalty: float, ridge: float, start: Floats, active: np.ndarray) -> Floats:
    """Minimise over the active coefficients: intercepts, then whole columns."""
    values = start[active].copy()
    linear = loss.predict(active, values)
    objective = loss.value(linear) + _penalty(loss, values, penalty, ridge)
    for _ in range(_STEPS):
        curvature = loss.curvature(linear, active)
        curvature.flat[:: active.size + 1] += np.where(np.arange(active.size) < loss.free, 1e-12, ridge)
        slope = loss.slopes(linear, active)
        slope[loss.free :] += ridge * values[loss.free :]
        bounds = _bound_curvature(curvature[loss.free :, loss.free :], loss.classes)
        target = _descend(curvature, slope, values, bounds, penalty, loss.free, loss.classes)
        direction = target - values
        if np.abs(direction).max(initial=0.0) <= _SETTLED:
            break
        along = loss.predict(active, direction)
        expected = float(slope @ direction) + penalty * float(_group_norms(loss, target) - _group_norms(loss, values))
        length = 1.0
        for _ in range(50):
            trial = values + length * direction
            after = loss.value(linear + length * along) + _penalty(loss, trial, penalty, ridge)
            if after <= objective + 1e-4 * length * expected + 1e-14:
                break
            length /= 2
        values = trial if length < 1 else target
        linear, objective = loss.predict(active, values), after
    result = np.zeros(start.size)
    result[active] = values
    return result


def _lengths(loss: MultinomialLoss, coefficients: Floats) -> Floats:
    return np.asarray(np.linalg.norm(coefficients[loss.free :].reshape(-1, loss.classes), axis=1), dtype=np.float64)


def _group_norms(loss: MultinomialLoss, values: Floats) -> float:
    return float(_lengths(loss, values).sum())


def _penalty(loss: MultinomialLoss, values: Floats, penalty: float, ridge: float) -> float:
    return penalty * _group_norms(loss, values) + ridge / 2 * float((values[loss.free :] ** 2).sum())


def _bound_curvature(curvature: Floats, classes: int) -> Floats:
    """Compute the largest curvature within every column's block, shape (columns,)."""
    firsts = range(0, len(curvature), classes)
    blocks = [curvature[first : first + classes, first : first + classes] for first in firsts]
    return np.array([max(float(np.linalg.eigvalsh(block)[-1]), 1e-12) for block in blocks], dtype=np.float64)


@njit(cache=True)
def _descend(
    curvature: Floats, slope: Floats, start: Floats, bounds: Floats, penalty: float, free: int, classes: int
) -> Floats:
    """Minimise slope'd + d'curvature d / 2 + penalty sum_j |start_j + d_j| over d, by blocks; return start + d."""
    values = start.copy()
    gradient = slope.copy()
    size = values.size
    change = np.zeros(classes)
    for _ in range(_SWEEPS):
        largest = 0.0
        for i in range(free):
            step = -gradient[i] / curvature[i, i]
            values[i] += step
            for k in range(size):
                gradient[k] += curvature[k, i] * step
            largest = max(largest, abs(step))
        for g in range(bounds.size):
            first = free + g * classes
            norm = 0.0
            for c in range(classes):
                change[c] = values[first + c] - gradient[first + c] / bounds[g]
                norm += change[c] * change[c]
            norm = np.sqrt(norm)
            scale = max(0.0, 1.0 - penalty / bounds[g] / norm) if norm > 0 else 0.0
            for c in range(classes):
                step = scale * change[c] - values[first + c]
                values[first + c] = scale * change[c]
                if step != 0.0:
                    for k in range(size):
                        gradient[k] += curvature[k, first + c] * step
                largest = max(largest, abs(step))
        if largest <= 1e-13:
            break
    return values
