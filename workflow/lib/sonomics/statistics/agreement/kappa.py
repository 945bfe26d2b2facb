"""Agreement of raters on categories: Cohen's kappa of two, its mean over pairs, Fleiss' kappa of several."""

from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from sonomics.statistics.estimates import Estimate, Floats, normal_quantile

NAN = float("nan")


class Kappa(NamedTuple):
    """Cohen's kappa with its Wald interval, observed and chance agreement (weighted), and the test of 0.

    `se` is the large-sample standard error, `se_null` that if kappa were 0, and `z` = kappa / `se_null`.
    """

    estimate: float
    lower: float
    upper: float
    se: float
    observed: float
    by_chance: float
    se_null: float
    z: float
    reason: str = ""


def cohen_kappa(
    first: ArrayLike,
    second: ArrayLike,
    weights: Literal["none", "linear", "quadratic"] = "none",
    level: float = 0.95,
    categories: ArrayLike | None = None,
) -> Kappa:
    """Cohen's kappa of two raters with its large-sample standard error.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Categories; ordered by value, equally spaced for the weighted forms.
    weights : {"none", "linear", "quadratic"}
    level : float
        Confidence level of the Wald interval.
    categories : array_like, optional
        All categories of the scale; by default those that are used. An unused one widens the distances of the
        weighted forms.

    Returns
    -------
    Kappa
        NaN when both raters use one and the same category only.

    References
    ----------
    Cohen J, Educ Psychol Meas 1960; Fleiss JL, Cohen J, Everitt BS, Psychol Bull 1969.
    """
    one, two = np.asarray(first), np.asarray(second)
    if one.ndim != 1 or one.shape != two.shape or not one.size:
        raise ValueError(f"two raters of the same cases are needed, got shapes {one.shape} and {two.shape}")
    scale = np.unique(np.concatenate([one, two] if categories is None else [one, two, np.asarray(categories)]))
    table = np.zeros((scale.size, scale.size))
    np.add.at(table, (np.searchsorted(scale, one), np.searchsorted(scale, two)), 1 / one.size)
    if (table.sum(axis=0) + table.sum(axis=1) > 0).sum() < 2:
        return Kappa(*(np.nan,) * 8, "both raters use one category only")
    weight = credit(scale.size, weights)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, by_chance = float((weight * table).sum()), float((weight * np.outer(rows, columns)).sum())
    kappa = (observed - by_chance) / (1 - by_chance)
    mean_weight = (weight @ columns)[:, None] + (rows @ weight)[None, :]
    second_moment = float((table * (weight - mean_weight * (1 - kappa)) ** 2).sum())
    variance = second_moment - (kappa - by_chance * (1 - kappa)) ** 2
    null_variance = float((np.outer(rows, columns) * (weight - mean_weight) ** 2).sum()) - by_chance**2
    scatter = np.sqrt(one.size) * (1 - by_chance)
    se, se_null = (float(np.sqrt(max(0.0, value)) / scatter) for value in (variance, null_variance))
    half = normal_quantile(level) * se
    z = kappa / se_null if se_null > 0 else float("nan")
    return Kappa(kappa, kappa - half, kappa + half, se, observed, by_chance, se_null, z)


def credit(count: int, weights: str) -> Floats:
    """Weigh how far two categories agree: 1 on the diagonal; off it 0 ("none") or less with distance.

    Parameters
    ----------
    count : int
        Of ordered, equally spaced categories.
    weights : {"none", "linear", "quadratic"}

    Returns
    -------
    ndarray, shape (count, count)
    """
    distance = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) / max(count - 1, 1)
    credit = {"none": (distance == 0).astype(float), "linear": 1 - distance, "quadratic": 1 - distance**2}
    return credit[weights]


class PairwiseKappa(NamedTuple):
    """Mean kappa over the pairs where it is defined.

    Attributes
    ----------
    estimate : float
        NaN with a reason when no pair has one.
    without : ndarray, shape (subjects,)
        The same without one subject at a time.
    pairs, undefined : int
        All pairs of raters, and those left out because both use one and the same category only.
    reason : str
    """

    estimate: float
    without: Floats
    pairs: int
    undefined: int
    reason: str = ""


def pairwise_kappa(
    ratings: ArrayLike, scale: ArrayLike, weights: Literal["none", "linear", "quadratic"] = "none"
) -> PairwiseKappa:
    """Mean of Cohen's kappa over all pairs of raters.

    Parameters
    ----------
    ratings : array_like, shape (subjects, raters)
    scale : array_like, shape (categories,)
        All categories, in order, equally spaced for the weighted forms.
    weights : {"none", "linear", "quadratic"}

    References
    ----------
    Light RJ, Psychol Bull 1971.
    """
    table, categories = np.asarray(ratings), np.asarray(scale)
    order = np.argsort(categories)
    code = order[np.searchsorted(categories, table, sorter=order)]
    weight = credit(categories.size, weights)
    pairs = list(combinations(range(table.shape[1]), 2))
    found = [_kappas(code[:, a], code[:, b], weight) for a, b in pairs] if len(table) else []
    defined = [(kappa, without) for kappa, without in found if not np.isnan(kappa)]
    if not defined:
        reason = "fewer than two raters or no subjects" if not found else "every pair uses one category only"
        return PairwiseKappa(NAN, np.full(len(table), NAN), len(pairs), len(pairs), reason)
    mean = float(np.mean([kappa for kappa, _ in defined]))
    return PairwiseKappa(
        mean, np.mean([without for _, without in defined], axis=0), len(pairs), len(pairs) - len(defined)
    )


def jackknifed(estimate: float, without: Floats, level: float = 0.95) -> Estimate:
    """Give an estimate the normal interval of its jackknife standard error over subjects.

    Parameters
    ----------
    estimate : float
    without : ndarray, shape (subjects,)
        The estimate without one subject at a time.
    level : float

    Returns
    -------
    Estimate
        Without an interval when leaving a subject out leaves nothing to estimate.

    References
    ----------
    Efron B, The Jackknife, the Bootstrap and Other Resampling Plans, 1982.
    """
    n = without.size
    if n < 2 or np.isnan(without).any():
        return Estimate(estimate, reason="one subject decides whether it is defined")
    se = float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))
    half = normal_quantile(level) * se
    return Estimate(estimate, estimate - half, estimate + half, se)


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


def _kappas(first: np.ndarray, second: np.ndarray, weight: Floats) -> tuple[float, Floats]:
    """Kappa of two raters, and without each subject in turn."""
    n, size = first.size, len(weight)
    rows, columns = np.bincount(first, minlength=size), np.bincount(second, minlength=size)
    agreed, by_chance = float(weight[first, second].sum()), float(rows @ weight @ columns)
    left = agreed - weight[first, second]
    left_by_chance = by_chance - (weight @ columns)[first] - (rows @ weight)[second] + weight[first, second]
    return float(_kappa(np.array([agreed]), np.array([by_chance]), n)[0]), _kappa(left, left_by_chance, n - 1)


def _kappa(agreed: Floats, by_chance: Floats, n: int) -> Floats:
    """Kappa from the sums of the weights, over subjects and over pairs of margins."""
    chance = by_chance / n**2 if n else np.full(by_chance.shape, 1.0)
    return np.divide(agreed / max(n, 1) - chance, 1 - chance, out=np.full(chance.shape, NAN), where=1 - chance > 1e-12)


def _null_se(share: Floats, subjects: int, raters: int) -> float:
    spread = float((share * (1 - share)).sum())
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    return float(np.sqrt(2 * (spread**2 - skew) / (subjects * raters * (raters - 1))) / spread)


def _unknown(reason: str) -> FleissKappa:
    return FleissKappa(*(NAN,) * 10, reason)
