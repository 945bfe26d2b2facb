"""AUCs of several classes with intervals over patients: each class against the rest, every pair, and their means."""

from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats, divide_where
from sonomics.statistics.resampling.bootstrap import (
    BootstrapDifference,
    resample_weights,
    summarise_difference,
    summarise_draws,
    weighted_aucs,
)

REST, PAIR, CONDITIONAL = "rest", "pair", "conditional"
MEAN_REST, WEIGHTED_REST, HAND_TILL = "mean_rest", "weighted_rest", "hand_till"
ABSENT = "a class does not occur"


def bootstrap_class_aucs(
    codes: ArrayLike, probabilities: ArrayLike, groups: ArrayLike, resamples: int, seed: int, level: float = 0.95
) -> pd.DataFrame:
    """Compute the AUCs of the probabilities of several classes, with percentile intervals over patients.

    Parameters
    ----------
    codes : array_like of int, shape (n,)
        The place of each case's true class.
    probabilities : array_like, shape (n, k)
    groups : array_like, shape (n,)
        Patient of every case.
    resamples, seed : int
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `measure, first, second, estimate, lower, upper, se, used, skipped, reason`. `rest`: class `first` against all
        others; `pair`: classes `first` and `second`, the mean of the AUCs by the probability of either (Hand and Till);
        `conditional`: the same pair by p_first / (p_first + p_second), a single ROC curve; `mean_rest` and
        `weighted_rest` (by the size of the class) over the classes that occur, `hand_till` (M) over their pairs. Places
        are -1 where they do not apply. NaN with a reason where a class does not occur; a resample without it is skipped
        and counted, and means go over the others.

    References
    ----------
    Hand DJ, Till RJ, Mach Learn 2001; Efron B, Tibshirani RJ, An Introduction to the Bootstrap 1993.
    """
    labels, values = _check(codes, probabilities)
    found = _areas(labels, values, np.ones((1, labels.size)))
    draws = np.concatenate([_areas(labels, values, block) for block in resample_weights(groups, resamples, seed)])
    rows = []
    for index, (measure, first, second) in enumerate(_list_measures(values.shape[1])):
        result = summarise_draws(float(found[0, index]), draws[:, index], level)
        reason = ABSENT if np.isnan(result.estimate) else result.reason
        bounds = (result.estimate, result.lower, result.upper, result.se)
        rows.append((measure, first, second, *bounds, result.used, result.skipped, reason))
    columns = ["measure", "first", "second", "estimate", "lower", "upper", "se", "used", "skipped", "reason"]
    return pd.DataFrame(rows, columns=columns)


def bootstrap_mean_auc_difference(
    codes: ArrayLike, a: ArrayLike, b: ArrayLike, groups: ArrayLike, resamples: int, seed: int, level: float = 0.95
) -> BootstrapDifference:
    """Compare the mean AUCs (each class against the rest) of two models over the same resampled patients.

    Parameters
    ----------
    codes : array_like of int, shape (n,)
    a, b : array_like, shape (n, k)
        Probabilities of both models for the same cases.
    groups : array_like, shape (n,)
        Patient of every case.
    resamples, seed : int
    level : float
        Confidence level.

    Returns
    -------
    BootstrapDifference
        As `bootstrap_auc_difference`.
    """
    (labels, first), (_, second) = _check(codes, a), _check(codes, b)

    def means_of(values: Floats, weights: ArrayLike) -> Floats:
        return _mean(_against_rest(labels, values, weights))

    blocks = resample_weights(groups, resamples, seed)
    draws = np.concatenate([means_of(first, block) - means_of(second, block) for block in blocks])
    everyone = np.ones((1, labels.size))
    return summarise_difference(float(means_of(first, everyone)[0]), float(means_of(second, everyone)[0]), draws, level)


def _check(codes: ArrayLike, probabilities: ArrayLike) -> tuple[np.ndarray, Floats]:
    labels, values = np.asarray(codes).astype(np.int64), np.asarray(probabilities, dtype=np.float64)
    if values.ndim != 2 or len(values) != labels.size or not labels.size:
        raise ValueError(f"expected {labels.size} rows, one or more, and a column per class, got shape {values.shape}")
    if not ((labels >= 0) & (labels < values.shape[1])).all():
        raise ValueError("the place of a true class has no column")
    return labels, values


def _list_measures(count: int) -> list[tuple[str, int, int]]:
    pairs = list(combinations(range(count), 2))
    of_pairs = [(measure, *pair) for measure in (PAIR, CONDITIONAL) for pair in pairs]
    means = [(measure, -1, -1) for measure in (MEAN_REST, WEIGHTED_REST, HAND_TILL)]
    return [*((REST, place, -1) for place in range(count)), *of_pairs, *means]


def _areas(labels: np.ndarray, values: Floats, weights: ArrayLike) -> Floats:
    """Compute all areas of every resample, in the order of `_list_measures`."""
    counts = np.asarray(weights, dtype=np.float64)
    rest = _against_rest(labels, values, counts)
    separations, conditional = [], []
    for first, second in combinations(range(values.shape[1]), 2):
        of_pair = (labels == first) | (labels == second)
        is_first, drawn, chosen = (labels == first)[of_pair], counts[:, of_pair], values[of_pair]
        if not of_pair.any():
            separations.append(np.full(len(counts), np.nan))
            conditional.append(np.full(len(counts), np.nan))
            continue
        by_first = weighted_aucs(is_first, chosen[:, first], drawn)
        by_second = weighted_aucs(~is_first, chosen[:, second], drawn)
        separations.append((by_first + by_second) / 2)
        conditional.append(weighted_aucs(is_first, condition_on_pair(chosen, first, second), drawn))
    pairs = np.column_stack(separations)
    sizes = counts @ np.eye(values.shape[1])[labels]
    known = ~np.isnan(rest)
    weighted = (np.where(known, rest, 0.0) * sizes).sum(axis=1)
    means = [_mean(rest), divide_where(known.any(axis=1), weighted, (known * sizes).sum(axis=1)), _mean(pairs)]
    return np.column_stack([rest, pairs, *conditional, *means])


def condition_on_pair(probabilities: Floats, first: int, second: int) -> Floats:
    """Compute the probability of the first class given that it is one of two, 0.5 where both are 0; shape (n,)."""
    total = probabilities[:, first] + probabilities[:, second]
    return np.where(total > 0, divide_where(total > 0, probabilities[:, first], total), 0.5)


def _against_rest(labels: np.ndarray, values: Floats, weights: ArrayLike) -> Floats:
    return np.column_stack([weighted_aucs(labels == place, column, weights) for place, column in enumerate(values.T)])


def _mean(areas: Floats) -> Floats:
    """Average what is known of each row; NaN where nothing is."""
    known = ~np.isnan(areas)
    return divide_where(known.any(axis=1), np.where(known, areas, 0.0).sum(axis=1), known.sum(axis=1))
