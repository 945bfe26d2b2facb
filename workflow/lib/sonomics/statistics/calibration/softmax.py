"""Probabilities of several classes from scores of several models: one slope a model, one intercept a class."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax, softmax

from sonomics.statistics.estimates import Floats

MOST_STEPS = 100
HALVINGS = 40
NEGLIGIBLE = 1e-10


class SoftmaxFit(NamedTuple):
    """Linear predictor of class k: `intercepts[k] + slopes @ scores[:, k]`.

    Attributes
    ----------
    slopes : ndarray, shape (models,)
    intercepts : ndarray, shape (classes,)
        Sum 0.
    """

    slopes: Floats
    intercepts: Floats


def fit_softmax(scores: ArrayLike, codes: ArrayLike, ridge: float = 1.0) -> SoftmaxFit:
    """Fit a conditional logit of the scores by Newton's method, its slopes and intercepts held by a ridge penalty.

    Parameters
    ----------
    scores : array_like, shape (n, models, classes)
    codes : array_like of int, shape (n,)
        Place of the true class of each row.
    ridge : float
        Above 0; half of it times the squared slopes and intercepts is added to the negative log-likelihood, so that the
        fit is unique even where classes are separable or a class is absent.

    Raises
    ------
    ValueError
        Shapes that do not fit, values that are not finite, no rows, or a ridge that is not above 0.

    References
    ----------
    McFadden D, Conditional logit analysis of qualitative choice behavior, 1974; with one model, and slopes and
    intercepts, the several-class form of Platt's calibration.
    """
    values, places = np.asarray(scores, dtype=np.float64), np.asarray(codes, dtype=np.int64)
    if values.ndim != 3 or places.shape != (len(values),) or not len(values):
        raise ValueError(f"expected (n, models, classes) scores and n codes, got {values.shape} and {places.shape}")
    if not np.isfinite(values).all() or ridge <= 0:
        raise ValueError("scores must be finite and the ridge above 0")
    n, models, classes = values.shape
    # One row a case and class, one column a slope or an intercept.
    intercepts = np.broadcast_to(np.eye(classes), (n, classes, classes))
    design = np.concatenate([values.transpose(0, 2, 1), intercepts], axis=2)
    truth = design[np.arange(n), places]
    weights = np.zeros(models + classes)
    loss = _loss(design, places, weights, ridge)
    for _ in range(MOST_STEPS):
        probability = softmax(design @ weights, axis=1)
        expected = np.einsum("nk,nkf->nf", probability, design)
        gradient = (expected - truth).sum(axis=0) + ridge * weights
        curvature = np.einsum("nk,nkf,nkg->fg", probability, design, design) - expected.T @ expected
        step = np.linalg.solve(curvature + ridge * np.eye(len(weights)), gradient)
        for halving in range(HALVINGS):
            tried = weights - step / 2**halving
            tried_loss = _loss(design, places, tried, ridge)
            if tried_loss <= loss:
                break
        gain, weights, loss = loss - tried_loss, tried, tried_loss
        if gain <= NEGLIGIBLE * max(1.0, abs(loss)):
            break
    fitted = weights[models:]
    return SoftmaxFit(weights[:models], fitted - fitted.mean())


def _loss(design: Floats, places: np.ndarray, weights: Floats, ridge: float) -> float:
    log_probability = log_softmax(design @ weights, axis=1)[np.arange(len(places)), places]
    return float(-log_probability.sum() + ridge * (weights @ weights) / 2)
