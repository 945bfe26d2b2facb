"""Percentile bootstrap that resamples patients, never single rows of a patient."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.estimates import Booleans, Floats, divide_where
from sonomics.statistics.inputs import check_outcome, check_scores

_BLOCK_CELLS = 4_000_000


class Bootstrap(NamedTuple):
    """A statistic with its percentile interval.

    `se` is the standard deviation over the used resamples; `skipped` counts those where the statistic was undefined.
    """

    estimate: float
    lower: float
    upper: float
    se: float
    used: int
    skipped: int
    reason: str = ""


class BootstrapDifference(NamedTuple):
    """Difference of two AUCs, a minus b, with percentile interval and normal p value 2 Phi(-|difference| / se)."""

    auc_a: float
    auc_b: float
    difference: float
    lower: float
    upper: float
    se: float
    p: float
    used: int
    skipped: int
    reason: str = ""


def resample_weights(groups: ArrayLike, resamples: int, seed: int) -> Iterator[NDArray[np.int64]]:
    """Draw patients with replacement and yield how often every row is drawn, in blocks of bounded memory.

    Parameters
    ----------
    groups : array_like, shape (n,)
        Patient of every row; rows of a patient always come together.
    resamples : int
        Number of bootstrap resamples.
    seed : int
        Seed of numpy's default generator; the result does not depend on the block size.

    Yields
    ------
    ndarray of int64, shape (b, n)
        Blocks of rows that make `resamples` in total. A single patient gives one block without rows: resamples of the
        same patient hold no information about other patients.

    Raises
    ------
    ValueError
        If there are no rows or fewer than one resample.
    """
    if np.size(groups) == 0 or resamples < 1:
        raise ValueError("a bootstrap needs at least one row and one resample")
    patients, code = np.unique(np.asarray(groups), return_inverse=True)
    if patients.size < 2:
        yield np.zeros((0, code.size), dtype=np.int64)
        return
    generator = np.random.default_rng(seed)
    size = max(1, _BLOCK_CELLS // max(1, code.size))
    for start in range(0, resamples, size):
        rows = min(size, resamples - start)
        drawn = generator.integers(0, patients.size, (rows, patients.size))
        flat = drawn + patients.size * np.arange(rows)[:, None]
        counts = np.bincount(flat.ravel(), minlength=rows * patients.size).reshape(rows, patients.size)
        yield counts[:, code]


def weighted_aucs(y: ArrayLike, score: ArrayLike, weights: ArrayLike) -> Floats:
    """Compute the AUC of every resample at once.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    weights : array_like, shape (b, n)
        How often each row occurs in each resample.

    Returns
    -------
    ndarray, shape (b,)
        NaN for resamples with a single class.
    """
    positive = check_outcome(y)
    values = check_scores(score, positive.size)
    counts = np.asarray(weights, dtype=np.float64)
    order = np.argsort(values, kind="stable")
    ascending = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ascending[1:] != ascending[:-1]]))
    ordered, is_positive = counts[:, order], positive[order]
    positives = np.add.reduceat(ordered * is_positive, starts, axis=1)
    negatives = np.add.reduceat(ordered * ~is_positive, starts, axis=1)
    below = negatives.cumsum(axis=1) - negatives / 2.0
    pairs = positives.sum(axis=1) * negatives.sum(axis=1)
    wins = (positives * below).sum(axis=1)
    return divide_where(pairs > 0, wins, pairs)


def bootstrap_statistic(
    statistic: Callable[[NDArray[np.intp]], float],
    groups: ArrayLike,
    resamples: int,
    seed: int,
    level: float = 0.95,
) -> Bootstrap:
    """Bootstrap any statistic over patients.

    Parameters
    ----------
    statistic : callable
        Takes row numbers (a row drawn twice occurs twice) and returns a float, NaN where undefined.
    groups : array_like, shape (n,)
        Patient of every row.
    resamples, seed : int
    level : float
        Confidence level.

    References
    ----------
    Efron B, Tibshirani RJ, An Introduction to the Bootstrap, 1993.
    """
    rows = np.arange(np.size(groups))
    draws = [
        statistic(np.repeat(rows, weights)) for block in resample_weights(groups, resamples, seed) for weights in block
    ]
    return summarise_draws(statistic(rows), np.asarray(draws, dtype=np.float64), level)


def bootstrap_auc(
    y: ArrayLike, score: ArrayLike, groups: ArrayLike, resamples: int, seed: int, level: float = 0.95
) -> Bootstrap:
    """Bootstrap an AUC over patients; the vectorised form of `bootstrap_statistic`.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    groups : array_like, shape (n,)
        Patient of every row.
    resamples, seed : int
    level : float
        Confidence level.
    """
    draws = [weighted_aucs(y, score, block) for block in resample_weights(groups, resamples, seed)]
    return summarise_draws(auc(y, score), np.concatenate(draws), level)


def bootstrap_auc_difference(
    y: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    groups: ArrayLike,
    resamples: int,
    seed: int,
    level: float = 0.95,
) -> BootstrapDifference:
    """Compare the AUCs of two scores of the same rows over the same resampled patients.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    a, b : array_like, shape (n,)
    groups : array_like, shape (n,)
        Patient of every row.
    resamples, seed : int
    level : float
        Confidence level.

    Returns
    -------
    BootstrapDifference
        Resamples with a single class are skipped and counted. p is NaN when the difference never varies.
    """
    blocks = resample_weights(groups, resamples, seed)
    draws = np.concatenate([weighted_aucs(y, a, block) - weighted_aucs(y, b, block) for block in blocks])
    return summarise_difference(auc(y, a), auc(y, b), draws, level)


def summarise_difference(value_a: float, value_b: float, draws: ArrayLike, level: float = 0.95) -> BootstrapDifference:
    """Summarise the resampled differences of two measures of the same rows.

    Parameters
    ----------
    value_a, value_b : float
        The measures on the data themselves.
    draws : array_like, shape (b,)
        a minus b in every resample.
    level : float
        Confidence level.

    Returns
    -------
    BootstrapDifference
        p is NaN when the difference never varies.
    """
    summary = summarise_draws(value_a - value_b, draws, level)
    varies = summary.se > 1e-12
    p = float(2.0 * ndtr(-abs(summary.estimate) / summary.se)) if varies else float("nan")
    reason = summary.reason or ("" if varies else "the difference has no variance")
    interval = (summary.lower, summary.upper, summary.se)
    return BootstrapDifference(value_a, value_b, summary.estimate, *interval, p, summary.used, summary.skipped, reason)


def summarise_draws(estimate: float, draws: ArrayLike, level: float = 0.95) -> Bootstrap:
    """Summarise bootstrap draws by percentiles and standard deviation; undefined ones are skipped and counted.

    Quantiles interpolate linearly (type 7). With fewer than two defined draws, or an undefined estimate, only the
    estimate is returned.

    Parameters
    ----------
    estimate : float
        The statistic on the data themselves.
    draws : array_like, shape (b,)
    level : float
        Confidence level.
    """
    values = np.asarray(draws, dtype=np.float64)
    defined: Booleans = ~np.isnan(values)
    used, skipped = int(defined.sum()), int((~defined).sum())
    nan = float("nan")
    if np.isnan(estimate):
        return Bootstrap(nan, nan, nan, nan, used, skipped, "undefined on the data themselves")
    if used < 2:
        return Bootstrap(float(estimate), nan, nan, nan, used, skipped, "fewer than two defined resamples")
    lower, upper = np.quantile(values[defined], [0.5 - level / 2.0, 0.5 + level / 2.0])
    se = float(values[defined].std(ddof=1))
    return Bootstrap(float(estimate), float(lower), float(upper), se, used, skipped)
