"""Performance of a score dichotomised at a cutoff, every proportion with its counts and exact intervals."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from sonomics.statistics.estimates import normal_quantile, numbers, outcome

NAN = float("nan")


class Confusion(NamedTuple):
    """Counts of true and false positives and negatives."""

    tp: int
    fp: int
    tn: int
    fn: int


class Proportion(NamedTuple):
    """x of n with Clopper-Pearson and Wilson intervals (lower, upper); all NaN when n is 0."""

    x: int
    n: int
    estimate: float
    clopper_pearson: tuple[float, float]
    wilson: tuple[float, float]


class Classification(NamedTuple):
    """All that follows from one confusion table; 0/0 is NaN, division of more than 0 by 0 is infinite."""

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


def confusion(y: ArrayLike, score: ArrayLike, cutoff: float) -> Confusion:
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
        raise ValueError("the cutoff is NaN: it was not estimable, so nothing can be classified by it")
    positive = outcome(y)
    called = numbers(score, positive.size) >= cutoff
    return Confusion(
        int((positive & called).sum()),
        int((~positive & called).sum()),
        int((~positive & ~called).sum()),
        int((positive & ~called).sum()),
    )


def proportion(x: int, n: int, level: float = 0.95) -> Proportion:
    """A binomial proportion with its Clopper-Pearson and Wilson intervals.

    Parameters
    ----------
    x, n : int
        Successes and trials.
    level : float
        Confidence level.

    Returns
    -------
    Proportion
        NaN throughout when n is 0.

    Raises
    ------
    ValueError
        Unless 0 <= x <= n.

    References
    ----------
    Clopper CJ, Pearson ES, Biometrika 1934; Wilson EB, J Am Stat Assoc 1927 (no continuity correction).
    """
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} is not a proportion")
    if n == 0:
        return Proportion(x, n, NAN, (NAN, NAN), (NAN, NAN))
    return Proportion(x, n, x / n, _clopper_pearson(x, n, level), _wilson(x, n, level))


def classify(counts: Confusion, level: float = 0.95) -> Classification:
    """Derive all measures of a confusion table.

    Parameters
    ----------
    counts : Confusion
    level : float
        Confidence level of the proportions.

    Returns
    -------
    Classification
        MCC is NaN when a margin is empty, kappa when chance agreement is perfect, F1 when there are no positives and
        none are called; likelihood ratios are NaN for 0/0 and infinite when only the denominator is 0.

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


def _clopper_pearson(x: int, n: int, level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    lower = float(betaincinv(x, n - x + 1, tail)) if x > 0 else 0.0
    upper = float(betaincinv(x + 1, n - x, 1 - tail)) if x < n else 1.0
    return lower, upper


def _wilson(x: int, n: int, level: float) -> tuple[float, float]:
    z = normal_quantile(level)
    centre = (x + z**2 / 2) / (n + z**2)
    half = z / (n + z**2) * sqrt(x * (n - x) / n + z**2 / 4)
    lower = max(0.0, centre - half) if x > 0 else 0.0
    upper = min(1.0, centre + half) if x < n else 1.0
    return lower, upper
