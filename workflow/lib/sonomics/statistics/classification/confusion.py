"""Confusion table of a score at a cutoff, and the measures that follow from it."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.classification.proportion import Proportion, proportion
from sonomics.statistics.inputs import check_outcome, check_scores

NAN = float("nan")


class Confusion(NamedTuple):
    """Counts of true and false positives and negatives."""

    tp: int
    fp: int
    tn: int
    fn: int


class Classification(NamedTuple):
    """Measures of a confusion table; 0/0 is NaN, division of more than 0 by 0 is infinite."""

    confusion: Confusion
    sensitivity: Proportion
    specificity: Proportion
    ppv: Proportion
    npv: Proportion
    accuracy: Proportion
    f1: float
    balanced_accuracy: float
    youden: float
    mcc: float
    kappa: float
    lr_pos: float
    lr_neg: float


def count_confusion(y: ArrayLike, score: ArrayLike, cutoff: float) -> Confusion:
    """Count outcomes against `score >= cutoff`.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    cutoff : float

    Raises
    ------
    ValueError
        If the cutoff is NaN, that is, was not estimable.
    """
    if np.isnan(cutoff):
        raise ValueError("the cutoff is NaN (not estimable), so no case can be classified")
    positive = check_outcome(y)
    called = check_scores(score, positive.size) >= cutoff
    return Confusion(
        int((positive & called).sum()),
        int((~positive & called).sum()),
        int((~positive & ~called).sum()),
        int((positive & ~called).sum()),
    )


def summarise_confusion(counts: Confusion, level: float = 0.95) -> Classification:
    """Derive all measures of a confusion table.

    Parameters
    ----------
    counts : Confusion
    level : float
        Confidence level of the proportions.

    Returns
    -------
    Classification
        MCC is NaN when a margin is empty, kappa when agreement by chance is perfect, F1 when there are no positives
        and no case is called positive; likelihood ratios are NaN for 0/0 and infinite when only the denominator is 0.

    References
    ----------
    Matthews BW, Biochim Biophys Acta 1975 (MCC); Cohen J, Educ Psychol Meas 1960 (kappa).
    """
    tp, fp, tn, fn = counts
    total = tp + fp + tn + fn
    sensitivity, specificity = proportion(tp, tp + fn, level), proportion(tn, tn + fp, level)
    margins = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)
    by_chance = (tp + fp) * (tp + fn) + (tn + fp) * (tn + fn)
    return Classification(
        confusion=counts,
        sensitivity=sensitivity,
        specificity=specificity,
        ppv=proportion(tp, tp + fp, level),
        npv=proportion(tn, tn + fn, level),
        accuracy=proportion(tp + tn, total, level),
        f1=_ratio(2 * tp, 2 * tp + fp + fn),
        balanced_accuracy=(sensitivity.estimate + specificity.estimate) / 2,
        youden=sensitivity.estimate + specificity.estimate - 1,
        mcc=(tp * tn - fp * fn) / sqrt(margins) if margins else NAN,
        kappa=_ratio((tp + tn) * total - by_chance, total**2 - by_chance),
        lr_pos=_ratio(sensitivity.estimate, 1 - specificity.estimate),
        lr_neg=_ratio(1 - sensitivity.estimate, specificity.estimate),
    )


def _ratio(numerator: float, denominator: float) -> float:
    if denominator:
        return numerator / denominator
    return float("inf") if numerator > 0 else NAN
