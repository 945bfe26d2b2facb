"""Does a predicted probability mean what it says? Summaries, tests and curves of calibration."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc
from scipy.special import logit as log_odds

from sonomics.statistics.calibration.loess import LoessCurve, loess_at, loess_curve
from sonomics.statistics.classification.confusion import proportion
from sonomics.statistics.estimates import (
    ONE_CLASS,
    Booleans,
    Estimate,
    Floats,
    normal_quantile,
    not_estimable,
    numbers,
    outcome,
)
from sonomics.statistics.regression.logistic import fit_logistic

NAN = float("nan")
NO_OVERLAP = "the classes do not overlap in the prediction"

# A forest may predict exactly 0 or 1, whose logit is infinite.
CLIP = 1e-6


class LoessErrors(NamedTuple):
    """Mean (ICI), median, 90 % quantile and maximum of |p - smoothed observed|; NaN with a reason when undefined."""

    ici: float
    e50: float
    e90: float
    emax: float
    reason: str = ""


class HosmerLemeshow(NamedTuple):
    """Hosmer-Lemeshow test; `internal` for the data the model was fitted on (df groups - 2), `external` for others."""

    chi2: float
    groups: int
    df_internal: int
    p_internal: float
    df_external: int
    p_external: float
    reason: str = ""


def calibration_in_the_large(y: ArrayLike, probability: ArrayLike, level: float = 0.95) -> Estimate:
    """Intercept of the outcome on the logit of the prediction as offset; 0 is ideal.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1]; clipped to [1e-6, 1 - 1e-6] before the logit.
    level : float
        Confidence level of the Wald interval.

    Returns
    -------
    Estimate
        NaN with a single class.

    References
    ----------
    Cox DR, Biometrika 1958; Van Calster B et al., BMC Med 2019.
    """
    positive, values = _predicted(y, probability)
    if positive.all() or not positive.any():
        return not_estimable(ONE_CLASS)
    fit = fit_logistic(np.ones((values.size, 1)), positive.astype(float), clipped_logit(values))
    return _wald(fit.coefficients[0], fit.covariance[0, 0], level)


def calibration_slope(y: ArrayLike, probability: ArrayLike, level: float = 0.95) -> Estimate:
    """Slope of the outcome on the logit of the prediction; 1 is ideal, below 1 is too extreme.

    Parameters are those of `calibration_in_the_large`.

    Returns
    -------
    Estimate
        NaN when a cutoff separates the classes or all predictions are equal: then no finite maximum of the likelihood
        exists (Albert A, Anderson JA, Biometrika 1984).

    References
    ----------
    Cox DR, Biometrika 1958.
    """
    positive, values = _predicted(y, probability)
    if positive.all() or not positive.any():
        return not_estimable(ONE_CLASS)
    predictor = clipped_logit(values)
    if not _overlap(positive, predictor):
        return not_estimable(NO_OVERLAP)
    design = np.column_stack([np.ones(values.size), predictor])
    fit = fit_logistic(design, positive.astype(float), np.zeros(values.size))
    return _wald(fit.coefficients[1], fit.covariance[1, 1], level)


def brier(y: ArrayLike, probability: ArrayLike) -> float:
    """Mean squared difference of outcome and prediction (Brier GW, Mon Weather Rev 1950); NaN without cases."""
    positive, values = _predicted(y, probability)
    return float(np.mean((positive - values) ** 2)) if values.size else NAN


def scaled_brier(y: ArrayLike, probability: ArrayLike) -> float:
    """1 - Brier / Brier of the prevalence (Steyerberg EW et al., Epidemiology 2010); NaN with a single class."""
    positive, values = _predicted(y, probability)
    prevalence = positive.mean() if positive.size else NAN
    worst = prevalence * (1 - prevalence)
    return float(1 - brier(positive, values) / worst) if worst > 0 else NAN


def loess_errors(y: ArrayLike, probability: ArrayLike) -> LoessErrors:
    """Distances between prediction and loess-smoothed outcome (span 0.75, degree 2).

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)

    Returns
    -------
    LoessErrors
        NaN where loess is not estimable (see `loess.loess_at`) or only one class is present.

    References
    ----------
    Austin PC, Steyerberg EW, Stat Med 2019.
    """
    positive, values = _predicted(y, probability)
    if positive.all() or not positive.any():
        return LoessErrors(NAN, NAN, NAN, NAN, ONE_CLASS)
    smoothed = loess_at(values, positive.astype(float))
    if np.isnan(smoothed).any():
        return LoessErrors(NAN, NAN, NAN, NAN, "too few distinct predictions for loess")
    error = np.abs(values - smoothed)
    e50, e90, emax = (float(np.quantile(error, share)) for share in (0.5, 0.9, 1.0))
    return LoessErrors(float(error.mean()), e50, e90, emax)


def hosmer_lemeshow(y: ArrayLike, probability: ArrayLike, groups: int = 10) -> HosmerLemeshow:
    """Chi-square of observed against expected counts in groups cut at quantiles of the prediction.

    Equal quantiles are merged, so there may be fewer groups than asked; the number used sets the degrees of freedom.

    Returns
    -------
    HosmerLemeshow
        NaN when a group expects no event or no non-event at all, or too few groups remain.

    References
    ----------
    Hosmer DW, Lemeshow S, Commun Stat 1980.
    """
    positive, values = _predicted(y, probability)
    if not values.size:
        return HosmerLemeshow(NAN, 0, -2, NAN, 0, NAN, "no cases")
    group = quantile_groups(values, groups)
    size = np.bincount(group)
    used = size.size
    expected = np.bincount(group, values)
    observed = np.bincount(group, positive)
    variance = expected * (1 - expected / size)
    if (variance <= 0).any():
        return HosmerLemeshow(NAN, used, used - 2, NAN, used, NAN, "a group expects only one outcome")
    statistic = float(((observed - expected) ** 2 / variance).sum())
    internal = float(chdtrc(used - 2, statistic)) if used > 2 else NAN
    reason = "" if used > 2 else "fewer than three groups"
    return HosmerLemeshow(statistic, used, used - 2, internal, used, float(chdtrc(used, statistic)), reason)


def grouped_calibration(y: ArrayLike, probability: ArrayLike, groups: int = 10, level: float = 0.95) -> pd.DataFrame:
    """Mean prediction and observed share per quantile group, for plotting.

    Returns
    -------
    DataFrame
        One row per group, ascending: `n, events, predicted, observed, lower, upper` (Wilson interval).
    """
    positive, values = _predicted(y, probability)
    group = quantile_groups(values, groups)
    rows = []
    for number in range(group.max() + 1 if group.size else 0):
        members = group == number
        share = proportion(int(positive[members].sum()), int(members.sum()), level)
        rows.append((share.n, share.x, float(values[members].mean()), share.estimate, *share.wilson))
    return pd.DataFrame(rows, columns=["n", "events", "predicted", "observed", "lower", "upper"])


def calibration_curve(y: ArrayLike, probability: ArrayLike, points: int = 101, level: float = 0.95) -> LoessCurve:
    """Loess-smoothed observed share over the range of the prediction with a pointwise band, cut to [0, 1].

    Returns
    -------
    LoessCurve
        `points` equally spaced predictions; NaN where loess is not estimable.
    """
    positive, values = _predicted(y, probability)
    curve = loess_curve(values, positive.astype(float), points, level)
    return LoessCurve(curve.x, *(np.clip(side, 0.0, 1.0) for side in (curve.fitted, curve.lower, curve.upper)))


def quantile_groups(values: Floats, groups: int) -> np.ndarray:
    """Number the groups cut at distinct type-7 quantiles, right-closed, the lowest value included.

    Parameters
    ----------
    values : ndarray, shape (n,)
    groups : int
        Wanted number of groups.

    Returns
    -------
    ndarray of int, shape (n,)
        0 .. g - 1 without gaps, g <= groups; one group when all values are equal.
    """
    if not values.size:
        return np.zeros(0, dtype=int)
    edges = np.unique(np.quantile(values, np.linspace(0.0, 1.0, groups + 1)))
    return np.unique(np.searchsorted(edges[1:-1], values, side="left"), return_inverse=True)[1]


def clipped_logit(probability: ArrayLike) -> Floats:
    """Log odds of probabilities clipped to [1e-6, 1 - 1e-6]."""
    return np.asarray(log_odds(np.clip(np.asarray(probability, dtype=np.float64), CLIP, 1 - CLIP)), dtype=np.float64)


def _predicted(y: ArrayLike, probability: ArrayLike) -> tuple[Booleans, Floats]:
    positive = outcome(y)
    values = numbers(probability, positive.size)
    if ((values < 0) | (values > 1)).any():
        raise ValueError("a predicted probability lies outside [0, 1]")
    return positive, values


def _overlap(positive: Booleans, predictor: Floats) -> bool:
    cases, controls = predictor[positive], predictor[~positive]
    return bool(controls.max() > cases.min() and cases.max() > controls.min())


def _wald(estimate: float, variance: float, level: float) -> Estimate:
    if np.isnan(variance):
        return not_estimable("the likelihood has no maximum")
    half = normal_quantile(level) * float(np.sqrt(variance))
    return Estimate(float(estimate), float(estimate) - half, float(estimate) + half, float(np.sqrt(variance)))
