"""Cutpoints of a risk score chosen by their survival difference, and a p value corrected for the choice."""

from math import floor
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_follow_up, check_scores
from sonomics.statistics.survival.log_rank import log_rank

NAN = float("nan")


class MaximalCut(NamedTuple):
    """Cutpoint of the largest standardised log-rank score statistic, with p values corrected for the choice.

    `p_1994` uses the improved Bonferroni bound over the candidate cutpoints, `p_1992` the asymptotic process. The
    groups are score <= cutpoint and score > cutpoint. NaN with a reason where not estimable.
    """

    cutpoint: float
    statistic: float
    p_1994: float
    p_1992: float
    reason: str = ""


class LogRankCut(NamedTuple):
    """Cutpoint of the largest log-rank chi-square and the number of candidates; no p value, as the raw one misleads."""

    cutpoint: float
    chi2: float
    candidates: int
    reason: str = ""


def maximally_selected_log_rank(
    time: ArrayLike, event: ArrayLike, score: ArrayLike, least: float = 0.1, most: float = 0.9
) -> MaximalCut:
    """Choose the cutpoint of the largest standardised log-rank statistic.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    least, most : float
        Share of cases at or below a cutpoint, floor(share x n) cases on either side.

    Returns
    -------
    MaximalCut
        Log-rank scores event - sum over events up to a time of 1 / (cases from there on + 1 - tied). NaN without
        events, with fewer than two cutpoints, or when all log-rank scores are equal (all cases at the same time).

    References
    ----------
    Lausen B, Schumacher M, Biometrics 1992; Lausen B, Sauerbrei W, Schumacher M, 1994; Hothorn T, Lausen B, Comput
    Stat Data Anal 2003 (scores).
    """
    happened, times = check_follow_up(time, event)
    values = check_scores(score, times.size)
    n = times.size
    cuts, below = _cutpoints(values, max(1, floor(n * least)), floor(n * most))
    if cuts.size < 2 or not happened.any():
        reason = "no events" if not happened.any() else "fewer than two cutpoints"
        return MaximalCut(NAN, NAN, NAN, NAN, reason)
    weight = _log_rank_scores(times, happened)
    cumulative = np.cumsum(weight[np.argsort(values, kind="stable")])
    if np.ptp(weight) <= 1e-12:
        return MaximalCut(NAN, NAN, NAN, NAN, "follow-up parts no case from another")
    mean, spread = weight.mean(), (n * (weight**2).sum() - weight.sum() ** 2) / (n**2 * (n - 1))
    standardised = np.abs(cumulative[below - 1] - below * mean) / np.sqrt(below * (n - below) * spread)
    best = int(np.argmax(np.round(standardised, 12)))
    largest = float(standardised[best])
    return MaximalCut(float(cuts[best]), largest, _bound_1994(largest, n, below), _bound_1992(largest, least, most))


def largest_log_rank(
    time: ArrayLike, event: ArrayLike, score: ArrayLike, least: float = 0.1, most: float = 0.9
) -> LogRankCut:
    """Choose the cutpoint of the largest log-rank chi-square; may differ from `maximally_selected_log_rank`.

    Parameters
    ----------
    time, event, score
        As `maximally_selected_log_rank`.
    least, most : float
        Share of cases at or below a cutpoint.

    Returns
    -------
    LogRankCut
        The lowest of equal cutpoints. NaN when no cutpoint gives a test.
    """
    happened, times = check_follow_up(time, event)
    values = check_scores(score, times.size)
    n = times.size
    cuts, below = _cutpoints(values, 1, n - 1)
    share = below / n
    candidates = cuts[(share >= least - 1e-12) & (share <= most + 1e-12)]
    chi2 = np.array([log_rank(times, happened, values > cut).test.statistic for cut in candidates])
    if not chi2.size or np.isnan(chi2).all():
        return LogRankCut(NAN, NAN, int(candidates.size), "no cutpoint gives a test")
    best = int(np.nanargmax(np.round(chi2, 9)))
    return LogRankCut(float(candidates[best]), float(chi2[best]), int(candidates.size))


def _cutpoints(values: Floats, least: int, most: int) -> tuple[Floats, np.ndarray]:
    """List the distinct scores with `least` to `most` cases at or below, and these numbers of cases."""
    cuts, counts = np.unique(values, return_counts=True)
    below = counts.cumsum()
    chosen = (below >= least) & (below <= min(most, values.size - 1))
    return cuts[chosen], below[chosen]


def _log_rank_scores(times: Floats, happened: np.ndarray) -> Floats:
    ordered = np.sort(times)
    upto = np.searchsorted(ordered, times, side="right")
    fraction = happened / (times.size - upto + 1)
    order = np.argsort(times, kind="stable")
    return np.asarray(happened - np.cumsum(fraction[order])[upto - 1], dtype=np.float64)


def _bound_1994(largest: float, n: int, below: np.ndarray) -> float:
    size, next_size = below[:-1].astype(float), below[1:].astype(float)
    step = np.sqrt(1 - size * (n - next_size) / ((n - size) * next_size))
    bound = np.exp(-(largest**2) / 2) / np.pi * (step - (largest**2 / 4 - 1) * step**3 / 6)
    # For large statistics the bound falls below the p value of a single cutpoint, which no correction can.
    return min(1.0, float(2 * ndtr(-largest) + max(0.0, bound.sum())))


def _bound_1992(largest: float, least: float, most: float) -> float:
    if largest < 1:
        return 1.0  # the expansion holds for large statistics; below 1 it decreases and becomes negative
    density = np.exp(-(largest**2) / 2) / np.sqrt(2 * np.pi)
    range_ = np.log(most * (1 - least) / ((1 - most) * least))
    return min(1.0, float(4 * density / largest + density * (largest - 1 / largest) * range_))
