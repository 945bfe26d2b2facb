"""Proportions with exact, Wilson and cluster-robust intervals."""

from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betaincinv

from sonomics.statistics.estimates import Estimate, normal_quantile

NAN = float("nan")


class Proportion(NamedTuple):
    """x of n with Clopper-Pearson and Wilson intervals (lower, upper); all NaN when n is 0."""

    x: int
    n: int
    estimate: float
    clopper_pearson: tuple[float, float]
    wilson: tuple[float, float]


def proportion(x: int, n: int, level: float = 0.95) -> Proportion:
    """Estimate a binomial proportion with its Clopper-Pearson and Wilson intervals.

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
        raise ValueError(f"{x} of {n} is not a valid proportion")
    if n == 0:
        return Proportion(x, n, NAN, (NAN, NAN), (NAN, NAN))
    return Proportion(x, n, x / n, _clopper_pearson(x, n, level), _wilson(x, n, level))


def clustered_proportion(hits: ArrayLike, cluster: ArrayLike, level: float = 0.95) -> Estimate:
    """Estimate the share of hits with a cluster-robust standard error.

    The standard error is sqrt(K / (K - 1) sum_k (sum of residuals of patient k)^2) / n for K patients.

    Parameters
    ----------
    hits : array_like of bool, shape (n,)
    cluster : array_like, shape (n,)
    level : float
        Confidence level of the Wald interval, cut to [0, 1].

    Returns
    -------
    Estimate
        NaN without rows; no interval with a single patient.

    References
    ----------
    Liang KY, Zeger SL, Biometrika 1986.
    """
    values = np.asarray(hits, dtype=np.float64)
    if not values.size:
        return Estimate(NAN, reason="no cases")
    names, code = np.unique(np.asarray(cluster), return_inverse=True)
    share = float(values.mean())
    if names.size < 2:
        return Estimate(share, reason="fewer than two patients")
    residuals = np.bincount(code, values - share)
    se = float(np.sqrt(names.size / (names.size - 1) * (residuals**2).sum()) / values.size)
    half = normal_quantile(level) * se
    return Estimate(share, max(0.0, share - half), min(1.0, share + half), se)


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
