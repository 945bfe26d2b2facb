"""What calibrator and threshold, fitted on out-of-fold scores, do: the final model beside a nested estimate of it.

Apparent: the final weights, calibrator and threshold on the training cases that they were fitted on. Nested: each fold
scored, calibrated and decided by the whole chain fitted on the other folds. Base models are not fitted again: their
scores are out of fold in both.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.schemas import EVENT, TIME
from sonomics.stack.final_model.chain import NONE_LEFT_OUT, Chain
from sonomics.statistics.calibration.at_horizon import calibrate_at_horizon
from sonomics.statistics.calibration.class_probabilities import class_brier, class_log_loss
from sonomics.statistics.calibration.intercept_slope import calibration_in_the_large, calibration_slope
from sonomics.statistics.calibration.probability_scores import brier
from sonomics.statistics.calibration.temperature import fit_temperature
from sonomics.statistics.classification.class_cutoffs import exceed_most
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.survival.concordance import harrell_c
from sonomics.statistics.survival.horizon import ipcw_brier
from sonomics.statistics.survival.risk_model import fit_risk_model

NESTED = ["measure", "horizon", "n", "apparent", "nested", "reason"]
NO_THRESHOLD = "no threshold could be chosen"
BEYOND = "follow-up of the training cases ends before the horizon"

Floats = NDArray[np.float64]
# Measure and horizon to cases, value, and the reason where the value is NaN.
Measures = dict[tuple[str, float], tuple[int, float, str]]
NO_HORIZON = float("nan")


def compare_labels(chain: Chain, choose: Callable[..., Any]) -> pd.DataFrame:
    """Compare the apparent and the nested estimate of a binary task.

    Parameters
    ----------
    chain : Chain
    choose : callable
        `choose(labels, probabilities) -> Cutoff`; positive at or above it.

    Returns
    -------
    DataFrame
        Columns NESTED: `auc, brier, calibration_intercept, calibration_slope, sensitivity, specificity, accuracy`; NaN
        with a `reason` where not estimable.
    """
    known, labels = chain.known, np.asarray(chain.outcomes, dtype=np.float64)

    def cut(fitted: NDArray[np.bool_], probabilities: Floats) -> float:
        chosen = choose(labels[fitted], probabilities[fitted])
        return float("nan") if chosen.cutoff is None else float(chosen.cutoff)

    final, nested = apply_final(chain), chain.probabilities()
    cutoffs = _cut_each_fold(chain, chain.probabilities, cut)
    frozen = cut(known, nested)
    apparent = measure_labels(labels[known], final[known], decide(final, np.full(len(final), frozen))[known])
    return tabulate(apparent, measure_labels(labels[known], nested[known], decide(nested, cutoffs)[known]))


def compare_classes(chain: Chain, choose: Callable[..., Any]) -> pd.DataFrame:
    """Compare the apparent and the nested estimate of a task of several classes.

    Parameters
    ----------
    chain : Chain
    choose : callable
        `choose(codes, probabilities) -> cutoffs`, one per class; the class that exceeds its cutoff most is decided.

    Returns
    -------
    DataFrame
        Columns NESTED: `auc` (mean of the classes, each against the rest), `brier, log_loss, temperature, accuracy`.
    """
    known = chain.known
    codes = np.asarray(chain.outcomes[known], dtype=np.int64)
    final, nested = apply_final(chain), chain.probabilities()
    decided = np.full(len(nested), np.nan)
    for fold in chain.names:
        left_out = chain.widen(NONE_LEFT_OUT, fold)
        fitted, scored = chain.mark_fitted(left_out), chain.fold_of == fold
        within = np.asarray(chain.outcomes[fitted], dtype=np.int64)
        cutoffs = choose(within, chain.probabilities(left_out)[fitted])
        decided[scored] = exceed_most(nested[scored], cutoffs)
    frozen = exceed_most(final[known], choose(codes, nested[known]))
    return tabulate(measure_classes(codes, final[known], frozen), measure_classes(codes, nested[known], decided[known]))


def compare_risks(chain: Chain, choose: Callable[..., Any], horizons: Sequence[float]) -> pd.DataFrame:
    """Compare the apparent and the nested estimate of a survival task.

    Parameters
    ----------
    chain : Chain
    choose : callable
        `choose(outcomes, risks) -> state` with a `cutoff`; high risk at or above it.
    horizons : sequence of float

    Returns
    -------
    DataFrame
        Columns NESTED: `c`, `hazard_ratio` of high against low risk, and for each horizon `brier`,
        `observed_to_expected` and `calibration_slope`.
    """
    known = chain.known
    followed = np.asarray(chain.outcomes[[TIME, EVENT]], dtype=np.float64)

    def cut(fitted: NDArray[np.bool_], risks: Floats) -> float:
        cutoff = choose(followed[fitted], risks[fitted])["cutoff"]
        return float("nan") if cutoff is None else float(cutoff)

    frozen = np.full(len(followed), cut(known, chain.scores()))
    cutoffs = _cut_each_fold(chain, chain.scores, cut)
    risk = chain.steps.apply_weights(chain.weights(), chain.rows)
    apparent, nested = (
        measure_risks(followed[known], risks[known], probabilities[known], decide(risks, at)[known], horizons)
        for risks, probabilities, at in (
            (risk, apply_final(chain), frozen),
            (chain.scores(), chain.probabilities(), cutoffs),
        )
    )
    return tabulate(apparent, nested)


def apply_final(chain: Chain) -> Floats:
    """Return the probabilities that the final weights and calibrator give the training cases themselves."""
    scores = chain.steps.apply_weights(chain.weights(), chain.rows)
    return np.asarray(chain.steps.apply_calibration(chain.calibrator(), scores), dtype=np.float64)


def decide(values: Floats, cutoffs: Floats) -> Floats:
    """Return 1 for values at or above their cutoffs, 0 below, NaN without a cutoff."""
    return np.where(np.isnan(cutoffs), np.nan, (values >= cutoffs).astype(np.float64))


def measure_labels(labels: Floats, probabilities: Floats, decisions: Floats) -> Measures:
    """Measure probabilities and decisions of a binary task, decisions only where there is one."""
    both = 0 < labels.sum() < len(labels)
    one_class = "" if both else "only one class"
    measured: Measures = {
        ("auc", NO_HORIZON): (len(labels), auc(labels, probabilities) if both else np.nan, one_class),
        ("brier", NO_HORIZON): (len(labels), brier(labels, probabilities), ""),
    }
    for name, estimate in (
        ("calibration_intercept", calibration_in_the_large(labels, probabilities)),
        ("calibration_slope", calibration_slope(labels, probabilities)),
    ):
        measured[name, NO_HORIZON] = (len(labels), estimate.estimate, estimate.reason)
    decided = ~np.isnan(decisions)
    right = decisions == labels
    of = {"sensitivity": decided & (labels == 1), "specificity": decided & (labels == 0), "accuracy": decided}
    for name, rows in of.items():
        measured[name, NO_HORIZON] = _share(right, rows, decided)
    return measured


def measure_classes(codes: NDArray[np.int64], probabilities: Floats, decisions: Floats) -> Measures:
    """Measure probabilities and decisions of a task of several classes."""
    count, names = probabilities.shape[1], list(range(probabilities.shape[1]))
    present = [place for place in names if 0 < (codes == place).sum() < len(codes)]
    aucs = [auc(codes == place, probabilities[:, place]) for place in present]
    absent = "" if len(present) == count else "a class without a case, or with all"
    temperature = fit_temperature(codes, probabilities, names)
    n, decided = len(codes), ~np.isnan(decisions)
    return {
        ("auc", NO_HORIZON): (n, float(np.mean(aucs)) if not absent else np.nan, absent),
        ("brier", NO_HORIZON): (n, class_brier(codes, probabilities, names), ""),
        ("log_loss", NO_HORIZON): (n, class_log_loss(codes, probabilities, names), ""),
        ("temperature", NO_HORIZON): (n, temperature.temperature, temperature.reason),
        ("accuracy", NO_HORIZON): _share(decisions == codes, decided, decided),
    }


def measure_risks(
    followed: Floats, risks: Floats, probabilities: Floats, high: Floats, horizons: Sequence[float]
) -> Measures:
    """Measure risks, groups and probabilities by each horizon, (cases, horizons), against times and events."""
    time, event = followed[:, 0], followed[:, 1]
    concordance = harrell_c(time, event, risks)
    measured: Measures = {
        ("c", NO_HORIZON): (len(time), concordance.estimate, concordance.reason),
        ("hazard_ratio", NO_HORIZON): _compare_groups(time, event, high),
    }
    for place, horizon in enumerate(horizons):
        of_horizon = probabilities[:, place]
        scored = ~np.isnan(of_horizon)
        n = int(scored.sum())
        if n < len(time) or not n:
            for name in ("brier", "observed_to_expected", "calibration_slope"):
                measured[name, horizon] = (n, np.nan, BEYOND)
            continue
        score = ipcw_brier(time, event, of_horizon, horizon)
        fit = calibrate_at_horizon(time, event, of_horizon, horizon)
        measured["brier", horizon] = (n, score, "nobody is followed until the horizon" if np.isnan(score) else "")
        ratio, slope = fit.observed_to_expected, fit.slope
        measured["observed_to_expected", horizon] = (n, ratio.estimate, ratio.reason)
        measured["calibration_slope", horizon] = (n, slope.estimate, slope.reason)
    return measured


def tabulate(apparent: Measures, nested: Measures) -> pd.DataFrame:
    """Put two estimates of the same measures next to each other; columns NESTED, `n` the cases of the nested one."""
    rows = []
    for (measure, horizon), (n, value, reason) in nested.items():
        _, final, other = apparent[measure, horizon]
        rows.append([measure, horizon, n, final, value, reason or other])
    return pd.DataFrame(rows, columns=NESTED)


def _cut_each_fold(
    chain: Chain, values: Callable[[frozenset[Any]], Floats], cut: Callable[[NDArray[np.bool_], Floats], float]
) -> Floats:
    """Return the cutoff of each case, chosen without its fold."""
    cutoffs = np.full(len(chain.fold_of), np.nan)
    for fold in chain.names:
        left_out = chain.widen(NONE_LEFT_OUT, fold)
        cutoffs[chain.fold_of == fold] = cut(chain.mark_fitted(left_out), values(left_out))
    return cutoffs


def _share(right: NDArray[np.bool_], rows: NDArray[np.bool_], decided: NDArray[np.bool_]) -> tuple[int, float, str]:
    if not rows.any():
        return 0, np.nan, "no case of the class" if decided.any() else NO_THRESHOLD
    return int(rows.sum()), float(right[rows].mean()), ""


def _compare_groups(time: Floats, event: Floats, high: Floats) -> tuple[int, float, str]:
    decided = ~np.isnan(high)
    n = int(decided.sum())
    if not n:
        return 0, np.nan, NO_THRESHOLD
    if len(set(high[decided])) < 2:
        return n, np.nan, "all cases are in one group"
    fitted = fit_risk_model(time[decided], event[decided], high[decided][:, None])
    return n, float("nan") if fitted.reason else float(np.exp(fitted.coefficients[0])), fitted.reason
