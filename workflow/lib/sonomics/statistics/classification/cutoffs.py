"""Cutoffs chosen on training scores, then frozen and applied elsewhere; a score is positive at or above the cutoff."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import ONE_CLASS, Floats
from sonomics.statistics.inputs import check_outcome, check_scores

_TIE = 1e-12


class Cutoff(NamedTuple):
    """A chosen cutoff.

    Attributes
    ----------
    cutoff : float
        The lowest of the best cutoffs, one of the scores; NaN where not estimable.
    value : float
        What was maximised, at this cutoff.
    tied : tuple of float
        All cutoffs with the same value, ascending.
    reason : str
        Why no cutoff could be chosen; empty otherwise.
    """

    cutoff: float
    value: float
    tied: tuple[float, ...]
    reason: str = ""


class OperatingPoints(NamedTuple):
    """Sensitivity, specificity and accuracy at every distinct score used as cutoff, ascending; arrays of shape (k,)."""

    cutoff: Floats
    sensitivity: Floats
    specificity: Floats
    accuracy: Floats


def operating_points(y: ArrayLike, score: ArrayLike) -> OperatingPoints:
    """Evaluate every distinct score as a cutoff.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)

    Returns
    -------
    OperatingPoints
        Sensitivity (specificity) is NaN when there are no positives (negatives).
    """
    positive = check_outcome(y)
    cutoffs, code = np.unique(check_scores(score, positive.size), return_inverse=True)
    positives = np.bincount(code[positive], minlength=cutoffs.size)
    negatives = np.bincount(code[~positive], minlength=cutoffs.size)
    true_positive = positives[::-1].cumsum()[::-1]
    true_negative = negatives.cumsum() - negatives
    undefined = np.full(cutoffs.size, np.nan)
    return OperatingPoints(
        cutoffs,
        true_positive / positive.sum() if positive.any() else undefined,
        true_negative / (~positive).sum() if not positive.all() else undefined,
        (true_positive + true_negative) / max(1, positive.size),
    )


def youden_cutoff(y: ArrayLike, score: ArrayLike) -> Cutoff:
    """Choose the cutoff of the largest sensitivity + specificity - 1; ties go to the lowest cutoff.

    `value` is the Youden index (Youden WJ, Cancer 1950). Not estimable with a single class.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    """
    points = operating_points(y, score)
    return _lowest_best(points, points.sensitivity + points.specificity - 1.0)


def accuracy_cutoff(y: ArrayLike, score: ArrayLike) -> Cutoff:
    """Choose the cutoff of the largest accuracy; ties go to the lowest cutoff. Not estimable with a single class.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    """
    points = operating_points(y, score)
    return _lowest_best(points, points.accuracy)


def sensitivity_cutoff(y: ArrayLike, score: ArrayLike, sensitivity: float) -> Cutoff:
    """Choose the cutoff of the largest specificity that still reaches a sensitivity; ties go to the lowest.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    sensitivity : float
        Required sensitivity, in (0, 1]. The lowest score as cutoff always reaches it.

    Returns
    -------
    Cutoff
        `value` is the specificity. Not estimable with a single class.

    Raises
    ------
    ValueError
        If the required sensitivity is not in (0, 1].
    """
    if not 0.0 < sensitivity <= 1.0:
        raise ValueError(f"a required sensitivity must lie in (0, 1], not {sensitivity}")
    points = operating_points(y, score)
    reached = points.sensitivity >= sensitivity - _TIE
    return _lowest_best(points, np.where(reached, points.specificity, -np.inf))


def _lowest_best(points: OperatingPoints, value: Floats) -> Cutoff:
    if np.isnan(points.sensitivity).any() or np.isnan(points.specificity).any() or value.size == 0:
        return Cutoff(float("nan"), float("nan"), (), ONE_CLASS)
    tied = points.cutoff[value >= value.max() - _TIE]
    return Cutoff(float(tied[0]), float(value.max()), tuple(float(cutoff) for cutoff in tied))
