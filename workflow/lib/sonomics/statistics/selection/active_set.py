"""Minimum of a smooth loss with L1 and L2 penalties by an active set, for one penalty and along a path.

Newton steps move the non-zero coefficients within their signs; coefficients that reach zero leave the set, those that
violate the optimality conditions enter it.
"""

from typing import Protocol

import numpy as np
from scipy.linalg.lapack import dposv

from sonomics.statistics.estimates import Floats

SATURATED = 0.999
STALLED = 1e-5
_STEPS = 10_000
_OPTIMAL = 1e-8
_RIDGE = 1e-12


class Loss(Protocol):
    """A mean loss per row, as a function of a linear predictor; coefficients are one vector of `size`.

    The first `free` coefficients, intercepts, are not penalised. `active` holds positions in the vector.
    """

    free: int
    size: int

    def predict(self, active: np.ndarray, values: Floats) -> Floats:
        """Compute the linear predictor of coefficients `values` at `active`, all others zero."""

    def value(self, linear: Floats) -> float:
        """Compute the loss."""

    def slopes(self, linear: Floats, active: np.ndarray) -> Floats:
        """Compute the derivative by each active coefficient, shape of `active`."""

    def curvature(self, linear: Floats, active: np.ndarray) -> Floats:
        """Compute the second derivatives by the active coefficients, shape (a, a)."""


class Solutions:
    """Coefficients, shape (l, size), and share of the deviance that they explain, shape (l,), by penalty."""

    def __init__(self, coefficients: Floats, explained: Floats) -> None:
        self.coefficients = coefficients
        self.explained = explained


def check_penalties(lambdas: object, mixing: float, least: float = 0.0) -> Floats:
    """Return penalties as float64, shape (l,).

    Raises
    ------
    ValueError
        If they are not positive and descending, or the share of the L1 penalty lies outside [0, 1]; 0 itself is
        refused unless `least` is negative.
    """
    penalties = np.asarray(lambdas, dtype=np.float64)
    if penalties.ndim != 1 or not penalties.size or not (penalties > 0).all() or (np.diff(penalties) > 0).any():
        raise ValueError("penalties must be positive and descending")
    if not least < mixing <= 1:
        bracket = "(" if least == 0 else "["
        raise ValueError(f"the share of the L1 penalty must lie in {bracket}0, 1], not {mixing:g}")
    return penalties


def space_penalties(largest: float, rows: int, columns: int, count: int) -> Floats:
    """Space penalties log-equidistantly, descending, from `largest` to its 0.01 (rows < columns) or 0.0001 (else)."""
    ratio = 1e-2 if rows < columns else 1e-4
    return np.asarray(largest * ratio ** np.linspace(0.0, 1.0, count), dtype=np.float64)


def count_until_stalled(explained: Floats) -> int:
    """Count the penalties of a default path up to where the fit is saturated or hardly gains, as glmnet."""
    gain = np.diff(explained, prepend=-np.inf)
    ended = (explained > SATURATED) | ((gain < STALLED * explained) & (np.arange(gain.size) >= 5))
    return int(np.argmax(ended)) + 1 if ended.any() else ended.size


def follow_path(loss: Loss, penalties: Floats, mixing: float, start: Floats) -> Solutions:
    """Minimise the penalised loss for every penalty, each from the solution before.

    Parameters
    ----------
    loss : Loss
    penalties : ndarray, shape (l,)
        Descending.
    mixing : float
        Share of the L1 penalty, in (0, 1].
    start : ndarray, shape (size,)
        Coefficients of the model without features, whose loss is the null.

    Returns
    -------
    Solutions
        Once 99.9 % of the deviance is explained, the solution is repeated for the remaining penalties.
    """
    everything = np.arange(loss.size)
    null = loss.value(loss.predict(everything, start))
    coefficients, explained = np.zeros((penalties.size, loss.size)), np.zeros(penalties.size)
    current = start
    for step, penalty in enumerate(penalties):
        if step == 0 or explained[step - 1] <= SATURATED:
            current = minimise_penalised(loss, float(penalty) * mixing, float(penalty) * (1 - mixing), current)
        coefficients[step] = current
        explained[step] = 1 - loss.value(loss.predict(everything, current)) / null
    return Solutions(coefficients, explained)


def minimise_penalised(loss: Loss, penalty: float, ridge: float, start: Floats) -> Floats:
    """Minimise loss + penalty sum |b| + ridge / 2 sum b^2.

    Parameters
    ----------
    loss : Loss
    penalty, ridge : float
        Positive, and not negative.
    start : ndarray, shape (size,)

    Returns
    -------
    ndarray, shape (size,)

    Raises
    ------
    ArithmeticError
        If the steps do not end.
    """
    everything = np.arange(loss.size)
    coefficients = start.copy()
    signs = np.sign(coefficients)
    signs[: loss.free] = 0.0
    active = np.flatnonzero((everything < loss.free) | (signs != 0))
    linear = loss.predict(active, coefficients[active])
    for _ in range(_STEPS):
        shrunk = np.where(active >= loss.free, ridge, 0.0)
        gradient = loss.slopes(linear, active) + penalty * signs[active] + shrunk * coefficients[active]
        if np.abs(gradient).max(initial=0.0) <= 0.1 * _OPTIMAL:
            slope = loss.slopes(linear, everything)
            slope[active] = 0.0
            entering = np.flatnonzero(np.abs(slope) > penalty + _OPTIMAL)
            if not entering.size:
                return coefficients
            signs[entering] = -np.sign(slope[entering])
            active = np.append(active, entering)
            continue
        direction = _newton_direction(loss.curvature(linear, active), gradient, shrunk)
        along = loss.predict(active, direction)
        boundary = _steps_to_zero(coefficients[active], direction, signs[active])
        slope_of_penalty = float((penalty * signs[active] + shrunk * coefficients[active]) @ direction)
        bend = float(shrunk @ direction**2) / 2
        length = _backtrack(loss, linear, along, float(gradient @ direction), (slope_of_penalty, bend), boundary)
        coefficients[active] += length * direction
        leaving = boundary <= length
        coefficients[active[leaving]] = signs[active[leaving]] = 0.0
        linear = linear + length * along
        active = active[~leaving]
    raise ArithmeticError(f"no LASSO solution for penalty {penalty:g}")


def _newton_direction(curvature: Floats, gradient: Floats, shrunk: Floats) -> Floats:
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
    loss: Loss, linear: Floats, along: Floats, slope: float, penalty: tuple[float, float], boundary: Floats
) -> float:
    """Find a step length, at most 1 and the nearest boundary, that lowers the objective (Armijo).

    `penalty` holds the linear and the quadratic coefficient of the penalties along the direction.
    """
    length = min(1.0, float(boundary.min()))
    before = loss.value(linear)
    for _ in range(50):
        after = loss.value(linear + length * along) + length * penalty[0] + length**2 * penalty[1]
        if after <= before + 1e-4 * length * slope + 1e-14:
            break
        length /= 2
    return length
