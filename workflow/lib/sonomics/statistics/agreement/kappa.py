"""Agreement of several raters on categories: Fleiss' kappa."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from sonomics.statistics.estimates import Floats, normal_quantile

NAN = float("nan")


class FleissKappa(NamedTuple):
    """Kappa with observed and chance agreement.

    Attributes
    ----------
    kappa, observed, by_chance : float
    se_null, z : float
        Standard error if kappa were 0, and the test of that.
    se, lower, upper : float
        Standard error over subjects and its t interval, n - 1 degrees of freedom.
    lower_normal, upper_normal : float
        The same with normal quantiles.
    reason : str
    """

    kappa: float
    observed: float
    by_chance: float
    se_null: float
    z: float
    se: float
    lower: float
    upper: float
    lower_normal: float
    upper_normal: float
    reason: str = ""


def fleiss_kappa(ratings: ArrayLike, level: float = 0.95) -> FleissKappa:
    """Fleiss' kappa.

    Parameters
    ----------
    ratings : array_like, shape (subjects, raters)
        Categories; every rater has rated every subject.
    level : float
        Confidence level.

    Returns
    -------
    FleissKappa
        NaN when all ratings are one category, with fewer than two raters or without subjects; no standard error over
        subjects with a single one.

    References
    ----------
    Fleiss JL, Psychol Bull 1971; Fleiss JL, Nee JCM, Landis JR, Psychol Bull 1979 (null); Gwet KL, Br J Math Stat
    Psychol 2008 (over subjects).
    """
    table = np.asarray(ratings)
    if table.ndim != 2 or table.shape[1] < 2 or not len(table):
        return _unknown("fewer than two raters or no subjects")
    categories, code = np.unique(table, return_inverse=True)
    if categories.size < 2:
        return _unknown("one category only")
    subjects, raters = table.shape
    code = code.reshape(table.shape)
    counts = np.stack([(code == number).sum(axis=1) for number in range(categories.size)], axis=1)
    share = counts.sum(axis=0) / (subjects * raters)
    per_subject = (counts * (counts - 1)).sum(axis=1) / (raters * (raters - 1))
    observed, by_chance = float(per_subject.mean()), float((share**2).sum())
    kappa = (observed - by_chance) / (1 - by_chance)
    se_null = _null_se(share, subjects, raters)
    if subjects < 2:
        return FleissKappa(kappa, observed, by_chance, se_null, kappa / se_null, *(NAN,) * 5, "a single subject")
    expected = counts @ share / raters
    influence = (per_subject - by_chance) / (1 - by_chance) - 2 * (1 - kappa) * (expected - by_chance) / (1 - by_chance)
    se = float(np.sqrt(((influence - kappa) ** 2).sum() / (subjects * (subjects - 1))))
    half, half_normal = float(stdtrit(subjects - 1, 0.5 + level / 2)) * se, normal_quantile(level) * se
    bounds = (kappa - half, kappa + half, kappa - half_normal, kappa + half_normal)
    return FleissKappa(kappa, observed, by_chance, se_null, kappa / se_null, se, *bounds)


def _null_se(share: Floats, subjects: int, raters: int) -> float:
    spread = float((share * (1 - share)).sum())
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    return float(np.sqrt(2 * (spread**2 - skew) / (subjects * raters * (raters - 1))) / spread)


def _unknown(reason: str) -> FleissKappa:
    return FleissKappa(*(NAN,) * 10, reason)
