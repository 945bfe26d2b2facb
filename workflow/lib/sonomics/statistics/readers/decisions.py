"""Measures of decisions against a reference standard, of several readings of the same cases, with the jackknife."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.agreement.kappa import agreement_weights
from sonomics.statistics.estimates import Floats, divide_where

NAN = float("nan")

# Takes counts of cases by true and decided class, (..., k, k), and returns one value for each, NaN where undefined.
Measure = Callable[[Floats], Floats]


def predictive_value(counts: Floats) -> Floats:
    """Compute the share of positive calls that are right, of counts by (negative, positive)."""
    called = counts[..., :, 1].sum(axis=-1)
    return divide_where(called > 0, counts[..., 1, 1], called)


def negative_predictive_value(counts: Floats) -> Floats:
    """Compute the share of negative calls that are right, of counts by (negative, positive)."""
    called = counts[..., :, 0].sum(axis=-1)
    return divide_where(called > 0, counts[..., 0, 0], called)


def f1(counts: Floats) -> Floats:
    """Compute F1 of the positive class, of counts by (negative, positive): the Dice coefficient of calls and truth."""
    size = counts[..., 1, :].sum(axis=-1) + counts[..., :, 1].sum(axis=-1)
    return divide_where(size > 0, 2 * counts[..., 1, 1], size)


def accuracy(counts: Floats) -> Floats:
    """Compute the share of cases decided right."""
    total = counts.sum(axis=(-2, -1))
    return divide_where(total > 0, np.trace(counts, axis1=-2, axis2=-1), total)


def macro_f1(counts: Floats) -> Floats:
    """Compute the mean F1 of the classes that occur among the true ones."""
    occurs = counts.sum(axis=-1) > 0
    sizes = counts.sum(axis=-1) + counts.sum(axis=-2)
    of_class = divide_where(sizes > 0, 2 * np.diagonal(counts, axis1=-2, axis2=-1), sizes)
    present = occurs.sum(axis=-1)
    return divide_where(present > 0, np.where(occurs, of_class, 0.0).sum(axis=-1), present)


def kappa(counts: Floats) -> Floats:
    """Compute Cohen's kappa (Cohen J, Educ Psychol Meas 1960); NaN where one class is all that occurs."""
    return _weighted_kappa(counts, "none")


def quadratic_kappa(counts: Floats) -> Floats:
    """Compute Cohen's kappa with quadratic weights over all classes (Cohen J, Psychol Bull 1968), as `kappa`."""
    return _weighted_kappa(counts, "quadratic")


def jackknife_decisions(
    measure: Measure, true: ArrayLike, decided: ArrayLike, cluster: ArrayLike, count: int = 2
) -> tuple[Floats, Floats]:
    """Compute a measure of several readings of the same cases, and its jackknife covariance over clusters of cases.

    Parameters
    ----------
    measure : callable
        One of this module.
    true : array_like of int, shape (n,)
        Class of every case, from 0.
    decided : array_like of int, shape (m, n)
        Class that each reading decided on.
    cluster : array_like, shape (n,)
        Patient of every case; whole patients are left out.
    count : int
        Number of classes.

    Returns
    -------
    estimates : ndarray, shape (m,)
        NaN where undefined.
    covariance : ndarray, shape (m, m)
        NaN with fewer than two clusters, or where the measure is undefined without one of them.

    References
    ----------
    Efron B, The Jackknife, the Bootstrap and Other Resampling Plans, 1982, chapter 3.
    """
    codes, calls = np.asarray(true, dtype=np.int64), np.atleast_2d(np.asarray(decided, dtype=np.int64))
    names, member = np.unique(np.asarray(cluster), return_inverse=True)
    counts = np.zeros((len(calls), names.size, count, count))
    for reading, call in enumerate(calls):
        np.add.at(counts[reading], (member, codes, call), 1.0)
    total = counts.sum(axis=1)
    estimates = measure(total)
    if names.size < 2:
        return estimates, np.full((len(calls), len(calls)), NAN)
    without = measure(total[:, None] - counts)
    centred = without - without.mean(axis=1, keepdims=True)
    return estimates, np.asarray((names.size - 1) / names.size * centred @ centred.T, dtype=np.float64)


def _weighted_kappa(counts: Floats, weights: str) -> Floats:
    total = counts.sum(axis=(-2, -1), keepdims=True)
    shares = divide_where(total > 0, counts, total)
    rows, columns = shares.sum(axis=-1), shares.sum(axis=-2)
    weight = agreement_weights(counts.shape[-1], weights)
    observed = (weight * shares).sum(axis=(-2, -1))
    by_chance = np.einsum("...i,ij,...j->...", rows, weight, columns)
    used = ((rows + columns) > 0).sum(axis=-1)
    return divide_where(used > 1, observed - by_chance, 1 - by_chance)
