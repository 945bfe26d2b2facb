"""Agreement of several raters as the mean of Cohen's kappa over their pairs, which may be weighted."""

from itertools import combinations
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.agreement.icc import credit
from sonomics.statistics.estimates import Estimate, Floats, normal_quantile

NAN = float("nan")


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
