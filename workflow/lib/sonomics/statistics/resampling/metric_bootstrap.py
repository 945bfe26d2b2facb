"""Bootstrap intervals, by patient, of every measure of a model's probabilities at once."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit, xlog1py, xlogy

from sonomics.statistics.calibration.intercept_slope import clipped_logit
from sonomics.statistics.calibration.loess import fit_loess
from sonomics.statistics.estimates import Booleans, Floats, divide_where
from sonomics.statistics.inputs import check_outcome, check_scores
from sonomics.statistics.regression.logistic import fit_logistic
from sonomics.statistics.resampling.bootstrap import resample_weights, summarise_draws, weighted_aucs

_NEWTON_STEPS = 40
_BLOCK = 250


def bootstrap_metrics(
    y: ArrayLike,
    probability: ArrayLike,
    cutoff: float,
    groups: ArrayLike,
    resamples: int,
    seed: int,
    thresholds: Sequence[float] = (),
    level: float = 0.95,
) -> pd.DataFrame:
    """Resample patients and recompute every measure of one model.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1]; a case at or above `cutoff` is positive.
    cutoff : float
        Frozen; NaN when not estimable, and then all measures that need it are not estimable either.
    groups : array_like, shape (n,)
        Patient of every row; rows of a patient are drawn together.
    resamples, seed : int
    thresholds : sequence of float
        Threshold probabilities of the net benefit, in (0, 1).
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        Index = measure (`auc, sensitivity ... ici, net_benefit_0.1 ...`); `estimate, lower, upper, se, used, skipped,
        reason`. Percentile bounds; resamples in which a measure is undefined are skipped and counted.

    References
    ----------
    Efron B, Tibshirani RJ, An Introduction to the Bootstrap, 1993.
    """
    positive = check_outcome(y)
    values = check_scores(probability, positive.size)

    def measure(weights: Floats) -> dict[str, Floats]:
        return _measures(positive, values, cutoff, thresholds, weights)

    return _resample(measure, groups, resamples, seed, level)


def bootstrap_calibration(
    y: ArrayLike, probability: ArrayLike, groups: ArrayLike, resamples: int, seed: int, level: float = 0.95
) -> pd.DataFrame:
    """Resample patients and recompute what describes the calibration of probabilities, without loess.

    Parameters
    ----------
    y, probability, groups, resamples, seed, level
        As for `bootstrap_metrics`.

    Returns
    -------
    DataFrame
        As `bootstrap_metrics`: `brier, scaled_brier, log_loss, observed_to_expected, calibration_intercept,
        calibration_slope`.
    """
    positive = check_outcome(y)
    values = check_scores(probability, positive.size)

    def measure(weights: Floats) -> dict[str, Floats]:
        return _accuracy_of_probability(positive, values, weights) | _recalibration(positive, values, weights)

    return _resample(measure, groups, resamples, seed, level)


def _resample(
    measure: Callable[[Floats], dict[str, Floats]], groups: ArrayLike, resamples: int, seed: int, level: float
) -> pd.DataFrame:
    estimates = measure(np.ones((1, np.size(groups))))
    blocks = [
        measure(part.astype(np.float64))
        for weights in resample_weights(groups, resamples, seed)
        for part in np.split(weights, range(_BLOCK, len(weights), _BLOCK))
    ]
    draws = {name: np.concatenate([block[name] for block in blocks]) for name in estimates}
    rows = {name: summarise_draws(float(estimate[0]), draws[name], level) for name, estimate in estimates.items()}
    return pd.DataFrame.from_dict({name: row._asdict() for name, row in rows.items()}, orient="index")


def _measures(
    positive: Booleans, values: Floats, cutoff: float, thresholds: Sequence[float], weights: Floats
) -> dict[str, Floats]:
    return (
        {"auc": weighted_aucs(positive, values, weights)}
        | _at_cutoff(positive, values, cutoff, weights)
        | _accuracy_of_probability(positive, values, weights)
        | _recalibration(positive, values, weights)
        | {"ici": _ici(positive, values, weights)}
        | _net_benefit(positive, values, thresholds, weights)
    )


def _at_cutoff(positive: Booleans, values: Floats, cutoff: float, weights: Floats) -> dict[str, Floats]:
    called = values >= cutoff
    members = np.stack([positive & called, ~positive & called, ~positive & ~called, positive & ~called], axis=1)
    tp, fp, tn, fn = (weights @ members.astype(np.float64)).T
    if np.isnan(cutoff):
        tp = fp = tn = fn = np.full(len(weights), np.nan)
    total = tp + fp + tn + fn
    sensitivity, specificity = _ratio(tp, tp + fn), _ratio(tn, tn + fp)
    by_chance = (tp + fp) * (tp + fn) + (tn + fp) * (tn + fn)
    return {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "ppv": _ratio(tp, tp + fp),
        "npv": _ratio(tn, tn + fn),
        "accuracy": _ratio(tp + tn, total),
        "f1": _ratio(2 * tp, 2 * tp + fp + fn),
        "balanced_accuracy": (sensitivity + specificity) / 2,
        "youden": sensitivity + specificity - 1,
        "mcc": _ratio(tp * tn - fp * fn, np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
        "kappa": _ratio((tp + tn) * total - by_chance, total**2 - by_chance),
        "lr_pos": _ratio(sensitivity, 1 - specificity),
        "lr_neg": _ratio(1 - sensitivity, specificity),
    }


def _accuracy_of_probability(positive: Booleans, values: Floats, weights: Floats) -> dict[str, Floats]:
    squared = (positive - values) ** 2
    loss = -(xlogy(positive, values) + xlog1py(~positive, -values))
    finite = np.isfinite(loss)
    sums = weights @ np.stack([positive.astype(float), values, squared, np.where(finite, loss, 0.0)], axis=1)
    total = weights.sum(axis=1)
    events, expected, brier, log_loss = sums.T
    prevalence = _ratio(events, total)
    score = _ratio(brier, total)
    certain = weights[:, ~finite].sum(axis=1) > 0
    return {
        "brier": score,
        "scaled_brier": 1 - _ratio(score, prevalence * (1 - prevalence)),
        "log_loss": np.where(certain, np.nan, _ratio(log_loss, total)),
        "observed_to_expected": _ratio(events, expected),
    }


def _recalibration(positive: Booleans, values: Floats, weights: Floats) -> dict[str, Floats]:
    linear = clipped_logit(values)
    centre, spread = float(linear.mean()), float(linear.std())
    offset = _newton(positive, np.zeros((linear.size, 0)), linear, weights)
    if spread <= 1e-12:
        return {"calibration_intercept": offset[:, 0], "calibration_slope": np.full(len(weights), np.nan)}
    joint = _newton(positive, ((linear - centre) / spread)[:, None], np.zeros(linear.size), weights)
    return {"calibration_intercept": offset[:, 0], "calibration_slope": joint[:, 1] / spread}


def _newton(positive: Booleans, columns: Floats, offset: Floats, weights: Floats) -> Floats:
    """Fit the weighted logistic coefficients of every resample; NaN where the steps do not settle."""
    design = np.column_stack([np.ones(offset.size), columns])
    count = design.shape[1]
    products = (design[:, :, None] * design[:, None, :]).reshape(offset.size, -1)
    beta = np.tile(_start(positive, design, offset), (len(weights), 1))
    settled = np.zeros(len(weights), dtype=bool)
    active = np.arange(len(weights))
    for _ in range(_NEWTON_STEPS):
        fitted = expit(offset + beta[active] @ design.T)
        gradient = (weights[active] * (positive - fitted)) @ design
        information = (weights[active] * fitted * (1 - fitted)) @ products
        information = information.reshape(-1, count, count)
        solvable = np.linalg.det(information) > 1e-10
        active, gradient, information = active[solvable], gradient[solvable], information[solvable]
        if not active.size:
            break
        step = np.linalg.solve(information, gradient[:, :, None])[:, :, 0]
        step *= np.minimum(1.0, 4.0 / np.maximum(np.abs(step).max(axis=1), 1e-300))[:, None]
        beta[active] += step
        done = np.abs(step).max(axis=1) <= 1e-9
        settled[active[done]] = True
        active = active[~done]
    beta[~settled] = np.nan
    return beta


def _start(positive: Booleans, design: Floats, offset: Floats) -> Floats:
    """Fit the data themselves, as a start near the coefficients of the resamples; 0 where there is no fit."""
    whole = fit_logistic(design, positive.astype(np.float64), offset).coefficients
    return np.nan_to_num(whole)


def _ici(positive: Booleans, values: Floats, weights: Floats) -> Floats:
    rows = np.arange(values.size)
    target = positive.astype(np.float64)
    drawn = (np.repeat(rows, row.astype(np.int64)) for row in weights)
    return np.array([_smoothed_error(target[chosen], values[chosen]) for chosen in drawn])


def _smoothed_error(target: Floats, values: Floats) -> float:
    return float(np.abs(values - fit_loess(values, target)).mean()) if 0 < target.mean() < 1 else float("nan")


def _net_benefit(positive: Booleans, values: Floats, thresholds: Sequence[float], weights: Floats) -> dict[str, Floats]:
    total = weights.sum(axis=1)
    benefits = {}
    for threshold in thresholds:
        worth = np.where(positive, 1.0, -threshold / (1 - threshold)) * (values >= threshold)
        benefits[f"net_benefit_{threshold:g}"] = _ratio(weights @ worth, total)
    return benefits


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    return divide_where(denominator > 0, numerator, denominator)
