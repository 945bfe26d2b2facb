"""Checks of outcomes, scores, probabilities and follow-up, which refuse what is not valid."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Booleans, Floats


def check_outcome(y: ArrayLike) -> Booleans:
    """Return a binary outcome as booleans.

    Parameters
    ----------
    y : array_like, shape (n,)
        0 or 1, in any numeric or boolean type.

    Raises
    ------
    ValueError
        If a value is neither 0 nor 1; the caller counts and leaves out unknown outcomes (NaN).
    """
    values = np.asarray(y, dtype=np.float64)
    if values.ndim != 1:
        raise ValueError(f"an outcome is one-dimensional, not of shape {values.shape}")
    if not np.isin(values, (0.0, 1.0)).all():
        raise ValueError("an outcome holds only 0 and 1; leave unknown ones out and count them")
    return np.asarray(values == 1.0)


def check_scores(values: ArrayLike, length: int) -> Floats:
    """Return scores as float64 whose last axis has `length` elements.

    Raises
    ------
    ValueError
        If the length differs or a value is NaN.
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim == 0 or array.shape[-1] != length:
        raise ValueError(f"expected {length} values, got an array of shape {array.shape}")
    if np.isnan(array).any():
        raise ValueError("a score is NaN; leave unscored rows out and count them")
    return array


def check_follow_up(time: ArrayLike, event: ArrayLike) -> tuple[Booleans, Floats]:
    """Return events as booleans and times as float64.

    Raises
    ------
    ValueError
        Without cases, or if a time is negative or NaN, or an event neither 0 nor 1.
    """
    happened = check_outcome(event)
    times = check_scores(time, happened.size)
    if not times.size or (times < 0).any():
        raise ValueError("survival needs at least one case, and follow-up times that are not negative")
    return happened, times


def check_probabilities(y: ArrayLike, probability: ArrayLike) -> tuple[Booleans, Floats]:
    """Return outcomes as booleans and predicted probabilities as float64.

    Raises
    ------
    ValueError
        As `check_outcome` and `check_scores`, or if a probability lies outside [0, 1].
    """
    positive = check_outcome(y)
    values = check_scores(probability, positive.size)
    if ((values < 0) | (values > 1)).any():
        raise ValueError("a predicted probability lies outside [0, 1]")
    return positive, values


def check_shares(*shares: float) -> None:
    """Refuse shares that do not lie strictly between 0 and 1.

    Raises
    ------
    ValueError
        If a share does not.
    """
    if not all(0 < share < 1 for share in shares):
        raise ValueError("a share lies strictly between 0 and 1")


def drop_missing(values: ArrayLike) -> Floats:
    """Return the values that are not NaN, as float64."""
    array = np.asarray(values, dtype=np.float64)
    return array[~np.isnan(array)]
