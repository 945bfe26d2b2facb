"""Agreement of raters on categories: Cohen's kappa of two, its mean over pairs, Fleiss' kappa of several."""

from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from sonomics.statistics.estimates import Estimate, Floats, divide_where, normal_quantile

NAN = float("nan")


class Kappa(NamedTuple):
    """Cohen's kappa of two raters.

    Attributes
    ----------
    estimate, lower, upper, se : float
        Kappa, its Wald interval and large-sample standard error.
    observed, by_chance : float
        Weighted agreement, observed and expected by chance.
    se_null, z : float
        Standard error if kappa were 0, and kappa / `se_null`.
    reason : str
        Why a value is NaN.
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
    """Compute Cohen's kappa of two raters with its large-sample standard error.

    Parameters
    ----------
    first, second : array_like, shape (n,)
        Categories; ordered by value, equally spaced for the weighted forms.
    weights : {"none", "linear", "quadratic"}
    level : float
        Confidence level of the Wald interval.
    categories : array_like, optional
        All categories of the scale; by default those that are used. An unused category widens the distances of the
        weighted forms.

    Returns
    -------
    Kappa
        NaN when both raters use the same single category.

    References
    ----------
    Cohen J, Educ Psychol Meas 1960; Fleiss JL, Cohen J, Everitt BS, Psychol Bull 1969.
    """
    rated_a, rated_b = np.asarray(first), np.asarray(second)
    if rated_a.ndim != 1 or rated_a.shape != rated_b.shape or not rated_a.size:
        raise ValueError(f"two raters of the same cases are needed, got shapes {rated_a.shape} and {rated_b.shape}")
    extra = [] if categories is None else [np.asarray(categories)]
    scale = np.unique(np.concatenate([rated_a, rated_b, *extra]))
    table = np.zeros((scale.size, scale.size))
    np.add.at(table, (np.searchsorted(scale, rated_a), np.searchsorted(scale, rated_b)), 1 / rated_a.size)
    if (table.sum(axis=0) + table.sum(axis=1) > 0).sum() < 2:
        return Kappa(*(np.nan,) * 8, "both raters use one category only")
    weight = agreement_weights(scale.size, weights)
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    observed, by_chance = float((weight * table).sum()), float((weight * np.outer(rows, columns)).sum())
    kappa = (observed - by_chance) / (1 - by_chance)
    mean_weight = (weight @ columns)[:, None] + (rows @ weight)[None, :]
    second_moment = float((table * (weight - mean_weight * (1 - kappa)) ** 2).sum())
    variance = second_moment - (kappa - by_chance * (1 - kappa)) ** 2
    null_variance = float((np.outer(rows, columns) * (weight - mean_weight) ** 2).sum()) - by_chance**2
    scatter = np.sqrt(rated_a.size) * (1 - by_chance)
    se, se_null = (float(np.sqrt(max(0.0, value)) / scatter) for value in (variance, null_variance))
    half = normal_quantile(level) * se
    z = kappa / se_null if se_null > 0 else float("nan")
    return Kappa(kappa, kappa - half, kappa + half, se, observed, by_chance, se_null, z)


def agreement_weights(count: int, weights: str) -> Floats:
    """Weight how far two categories agree: 1 on the diagonal; off it 0 ("none") or less with distance.

    Parameters
    ----------
    count : int
        Number of categories, ordered and equally spaced.
    weights : {"none", "linear", "quadratic"}

    Returns
    -------
    ndarray, shape (count, count)
    """
    distance = np.abs(np.subtract.outer(np.arange(count), np.arange(count))) / max(count - 1, 1)
    by_scheme: dict[str, Floats] = {
        "none": (distance == 0).astype(float),
        "linear": 1 - distance,
        "quadratic": 1 - distance**2,
    }
    return by_scheme[weights]


class PairwiseKappa(NamedTuple):
    """Mean kappa over the pairs where it is defined.

    Attributes
    ----------
    estimate : float
        NaN with a reason when no pair has a kappa.
    without : ndarray, shape (subjects,)
        The same without one subject at a time.
    pairs, undefined : int
        All pairs of raters, and those left out because both raters use the same single category.
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
    """Average Cohen's kappa over all pairs of raters.

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
    weight = agreement_weights(categories.size, weights)
    pairs = list(combinations(range(table.shape[1]), 2))
    kappas = [_kappas(code[:, a], code[:, b], weight) for a, b in pairs] if len(table) else []
    defined = [(kappa, without) for kappa, without in kappas if not np.isnan(kappa)]
    if not defined:
        reason = "fewer than two raters or no subjects" if not kappas else "every pair uses one category only"
        return PairwiseKappa(NAN, np.full(len(table), NAN), len(pairs), len(pairs), reason)
    mean = float(np.mean([kappa for kappa, _ in defined]))
    return PairwiseKappa(
        mean, np.mean([without for _, without in defined], axis=0), len(pairs), len(pairs) - len(defined)
    )


def jackknife_interval(estimate: float, without: Floats, level: float = 0.95) -> Estimate:
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
        Without an interval when leaving out a single subject makes the estimate undefined.

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
    """Fleiss' kappa with observed and chance agreement.

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
    """Compute Fleiss' kappa of several raters.

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
        subjects when there is a single subject.

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
    """Compute kappa of two raters, and without each subject in turn."""
    n, size = first.size, len(weight)
    rows, columns = np.bincount(first, minlength=size), np.bincount(second, minlength=size)
    agreed, by_chance = float(weight[first, second].sum()), float(rows @ weight @ columns)
    left = agreed - weight[first, second]
    left_by_chance = by_chance - (weight @ columns)[first] - (rows @ weight)[second] + weight[first, second]
    return float(_kappa(np.array([agreed]), np.array([by_chance]), n)[0]), _kappa(left, left_by_chance, n - 1)


def _kappa(agreed: Floats, by_chance: Floats, n: int) -> Floats:
    """Compute kappa from the sums of the weights, over subjects and over pairs of margins."""
    expected = by_chance / n**2 if n else np.full(by_chance.shape, 1.0)
    return divide_where(1 - expected > 1e-12, agreed / max(n, 1) - expected, 1 - expected)


def _null_se(share: Floats, subjects: int, raters: int) -> float:
    spread = float((share * (1 - share)).sum())
    skew = float((share * (1 - share) * (1 - 2 * share)).sum())
    return float(np.sqrt(2 * (spread**2 - skew) / (subjects * raters * (raters - 1))) / spread)


def _unknown(reason: str) -> FleissKappa:
    return FleissKappa(*(NAN,) * 10, reason)
