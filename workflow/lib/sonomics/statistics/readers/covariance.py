"""Covariance over cases of several readings of the same cases."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.discrimination.auc import delong_covariance, placement_values
from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_outcome, check_scores

NAN = float("nan")


def jackknife_auc_covariance(y: ArrayLike, scores: ArrayLike) -> tuple[Floats, Floats]:
    """Compute the AUCs of several readings of the same cases and their jackknife covariance, as the DBM method.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    scores : array_like, shape (m, n)

    Returns
    -------
    aucs : ndarray, shape (m,)
    covariance : ndarray, shape (m, m)
        NaN when a class has fewer than two cases.

    References
    ----------
    Dorfman DD, Berbaum KS, Metz CE, Invest Radiol 1992.
    """
    positive = check_outcome(y)
    values = np.atleast_2d(check_scores(scores, positive.size))
    m, n = int(positive.sum()), int((~positive).sum())
    if min(m, n) < 2:
        return delong_covariance(y, values)[0], np.full((len(values), len(values)), NAN)
    of_positives, of_negatives = placement_values(positive, values)
    aucs = of_positives.mean(axis=1, keepdims=True)
    without = np.concatenate([(m * aucs - of_positives) / (m - 1), (n * aucs - of_negatives) / (n - 1)], axis=1)
    return aucs[:, 0], _jackknife(without)


def jackknife_share_covariance(hits: ArrayLike) -> tuple[Floats, Floats]:
    """Compute the shares of hits of several readings of the same cases and their jackknife covariance.

    Parameters
    ----------
    hits : array_like of bool, shape (m, n)
        Of the positives only for sensitivity, of the negatives only for specificity.

    Returns
    -------
    shares : ndarray, shape (m,)
        NaN without cases.
    covariance : ndarray, shape (m, m)
        NaN with fewer than two cases.
    """
    values = np.atleast_2d(np.asarray(hits, dtype=np.float64))
    readings, n = values.shape
    if n < 2:
        shares = values[:, 0] if n else np.full(readings, NAN)
        return shares, np.full((readings, readings), NAN)
    shares = values.mean(axis=1)
    return shares, _jackknife((n * shares[:, None] - values) / (n - 1))


def clustered_share_covariance(hits: ArrayLike, cluster: ArrayLike) -> tuple[Floats, Floats]:
    """Compute the shares of hits of several readings of the same clustered cases and their robust covariance.

    Parameters
    ----------
    hits : array_like of bool, shape (m, n)
        Of the positives only for sensitivity, of the negatives only for specificity.
    cluster : array_like, shape (n,)

    Returns
    -------
    shares : ndarray, shape (m,)
        NaN without cases.
    covariance : ndarray, shape (m, m)
        Equal to the jackknife's when each patient has one case; NaN with fewer than two patients.

    References
    ----------
    Liang KY, Zeger SL, Biometrika 1986.
    """
    values = np.atleast_2d(np.asarray(hits, dtype=np.float64))
    readings, n = values.shape
    names, code = np.unique(np.asarray(cluster), return_inverse=True)
    shares = values.mean(axis=1) if n else np.full(readings, NAN)
    if names.size < 2:
        return shares, np.full((readings, readings), NAN)
    residuals = np.stack([np.bincount(code, row, minlength=names.size) for row in values - shares[:, None]])
    return shares, names.size / (names.size - 1) * residuals @ residuals.T / n**2


def _jackknife(without: Floats) -> Floats:
    n = without.shape[1]
    centred = without - without.mean(axis=1, keepdims=True)
    return np.asarray((n - 1) / n * centred @ centred.T, dtype=np.float64)
