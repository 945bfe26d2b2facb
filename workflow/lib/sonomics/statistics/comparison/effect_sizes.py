"""Effect sizes: standardised differences, odds ratios, and whether an odds ratio differs between strata."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from sonomics.statistics.estimates import ONE_CLASS, Estimate, Floats, SignificanceTest, normal_quantile
from sonomics.statistics.inputs import check_outcome, check_scores, drop_missing
from sonomics.statistics.regression.logistic import fit_logistic, log_likelihood

NAN = float("nan")
NO_MAXIMUM = "the likelihood has no maximum: constant, or separated classes"


class OddsRatio(NamedTuple):
    """Logistic odds ratio with Wald interval; `log_odds` and its `se` are on the scale of the coefficient."""

    ratio: float
    lower: float
    upper: float
    log_odds: float
    se: float
    z: float
    p: float
    reason: str = ""


class OddsInteraction(NamedTuple):
    """Ratio of the odds ratio at modifier 1 to that at modifier 0, and its likelihood ratio test."""

    ratio: OddsRatio
    likelihood_ratio: SignificanceTest


def standardised_difference(a: ArrayLike, b: ArrayLike) -> float:
    """Divide mean of b minus mean of a by the root mean square of their SDs; NaN values are left out.

    Parameters
    ----------
    a, b : array_like, shapes (n,), (k,)

    Returns
    -------
    float
        NaN with fewer than two values in a group, or when neither group varies.

    References
    ----------
    Austin PC, Stat Med 2009.
    """
    known_a, known_b = drop_missing(a), drop_missing(b)
    if min(known_a.size, known_b.size) < 2:
        return NAN
    pooled_sd = float(np.sqrt((known_a.var(ddof=1) + known_b.var(ddof=1)) / 2))
    return float((known_b.mean() - known_a.mean()) / pooled_sd) if pooled_sd > 0 else NAN


def sample_odds_ratio(table: ArrayLike) -> float:
    """Compute the cross-product ratio ad / bc of a 2 x 2 table; infinite when only bc is 0, NaN for 0/0.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
    """
    (a, b), (c, d) = np.asarray(table, dtype=np.float64)
    if b * c > 0:
        return float(a * d / (b * c))
    return float("inf") if a * d > 0 else NAN


def odds_ratio(y: ArrayLike, x: ArrayLike, level: float = 0.95) -> OddsRatio:
    """Estimate the univariable logistic odds ratio per unit of x.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    x : array_like, shape (n,)
    level : float
        Confidence level of the Wald interval.

    Returns
    -------
    OddsRatio
        NaN with a single class, a constant x or separated classes.
    """
    positive = check_outcome(y)
    values = check_scores(x, positive.size)
    return _last_coefficient(positive, np.column_stack([np.ones(values.size), values]), level)[0]


def odds_interaction(y: ArrayLike, x: ArrayLike, modifier: ArrayLike, level: float = 0.95) -> OddsInteraction:
    """Test whether the odds ratio of x differs between the strata of a modifier.

    Parameters
    ----------
    y, modifier : array_like of 0/1, shape (n,)
    x : array_like, shape (n,)
    level : float

    Returns
    -------
    OddsInteraction
        Compares the logistic model with x, modifier and their product with the model without the product. NaN with a
        reason where either cannot be fitted.
    """
    positive, stratum = check_outcome(y), check_outcome(modifier).astype(float)
    values = check_scores(x, positive.size)
    additive = np.column_stack([np.ones(values.size), values, stratum])
    _, without = _last_coefficient(positive, additive, level)
    ratio, full = _last_coefficient(positive, np.column_stack([additive, values * stratum]), level)
    if np.isnan(full) or np.isnan(without):
        return OddsInteraction(ratio, SignificanceTest(NAN, NAN, NAN, ratio.reason or NO_MAXIMUM))
    statistic = 2 * (full - without)
    return OddsInteraction(ratio, SignificanceTest(statistic, 1.0, float(chdtrc(1, max(0.0, statistic)))))


def _last_coefficient(positive: np.ndarray, design: Floats, level: float) -> tuple[OddsRatio, float]:
    if positive.all() or not positive.any():
        return OddsRatio(*(NAN,) * 7, ONE_CLASS), NAN
    target = positive.astype(float)
    fit = fit_logistic(design, target, np.zeros(target.size))
    if np.isnan(fit.coefficients).any():
        return OddsRatio(*(NAN,) * 7, NO_MAXIMUM), NAN
    estimate = Estimate(float(fit.coefficients[-1]), se=float(np.sqrt(fit.covariance[-1, -1])))
    z, half = estimate.estimate / estimate.se, normal_quantile(level) * estimate.se
    value, lower, upper = (float(np.exp(estimate.estimate + side)) for side in (0.0, -half, half))
    ratio = OddsRatio(value, lower, upper, estimate.estimate, estimate.se, z, float(2 * ndtr(-abs(z))))
    return ratio, log_likelihood(target, design @ fit.coefficients)
