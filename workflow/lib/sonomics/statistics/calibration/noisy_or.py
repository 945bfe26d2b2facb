"""Noisy-or: an examination is positive unless each of its images is negative; and ensembles weighted by AUC."""

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats


def noisy_or_theta(probability: ArrayLike, groups: ArrayLike, eps: float = 1e-6) -> tuple[np.ndarray, Floats]:
    """Compute theta = -mean(ln(1 - P)) over the images of every examination.

    Parameters
    ----------
    probability : array_like, shape (n,)
        Of every image, uncalibrated, in [0, 1].
    groups : array_like, shape (n,)
        Examination of every image.
    eps : float
        P is cut at 1 - eps, in (0, 1).

    Returns
    -------
    names : ndarray, shape (g,)
        Examinations, sorted.
    theta : ndarray, shape (g,)
        From 0 to -ln(eps).

    Raises
    ------
    ValueError
        If a probability is NaN or lies outside [0, 1], or eps is out of range.

    References
    ----------
    Pearl J, Probabilistic Reasoning in Intelligent Systems 1988 (noisy-or).
    """
    values = np.asarray(probability, dtype=np.float64)
    if not ((values >= 0) & (values <= 1)).all() or not 0 < eps < 1:
        raise ValueError("a probability is NaN or lies outside [0, 1], or eps does not lie between 0 and 1")
    names, code = np.unique(np.asarray(groups), return_inverse=True)
    terms = -np.log1p(-np.minimum(values, 1 - eps))
    return names, np.bincount(code, terms, minlength=names.size) / np.bincount(code, minlength=names.size)


def theta_probability(theta: ArrayLike) -> Floats:
    """Return the probability 1 - exp(-theta) of an examination, shape of theta; NaN stays."""
    return np.asarray(-np.expm1(-np.asarray(theta, dtype=np.float64)), dtype=np.float64)


def auc_weights(aucs: ArrayLike) -> Floats:
    """Weight the scores of an ensemble by their AUCs, w_k = AUC_k / sum of AUCs.

    Parameters
    ----------
    aucs : array_like, shape (k,)
        Of the examination scores, out of fold.

    Returns
    -------
    ndarray, shape (k,)
        They sum to 1. All NaN where an AUC is NaN, or all are 0.
    """
    areas = np.asarray(aucs, dtype=np.float64)
    total = areas.sum()
    return areas / total if total > 0 else np.full(areas.shape, np.nan)
