"""Concordance of a risk with right-censored survival: Harrell's and Uno's C.

Ours, not lifelines': its C is equal, but has no standard error, and the influence of every case gives both.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from sonomics.statistics.estimates import Booleans, Estimate, Floats, normal_quantile, not_estimable
from sonomics.statistics.inputs import check_follow_up, check_scores
from sonomics.statistics.survival.censoring import Censoring

NAN = float("nan")
NO_PAIR = "no comparable pair"


class PairCounts(NamedTuple):
    """Numbers of comparable pairs by agreement, and of pairs with equal risk, with equal event time, with both."""

    concordant: int
    discordant: int
    tied_risk: int
    tied_time: int
    tied_both: int


class CDifference(NamedTuple):
    """Harrell's C of two risks of the same cases, first minus second, with its test; NaN with a reason."""

    c_a: float
    c_b: float
    difference: float
    lower: float
    upper: float
    se: float
    z: float
    p: float
    reason: str = ""


def harrell_c(time: ArrayLike, event: ArrayLike, risk: ArrayLike, level: float = 0.95) -> Estimate:
    """Compute Harrell's C of a risk (higher = earlier event) with its infinitesimal-jackknife standard error.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    risk : array_like, shape (n,)
    level : float
        Confidence level of the Wald interval, cut to [0, 1].

    Returns
    -------
    Estimate
        A pair counts when the earlier time is an event, or at equal times when only one of them is; tied risks count
        one half. NaN without comparable pairs.

    References
    ----------
    Harrell FE, Lee KL, Mark DB, Stat Med 1996; Therneau TM, Watson DA, 2015 (standard error).
    """
    happened, times = check_follow_up(time, event)
    concordance, influence = _harrell(happened, times, check_scores(risk, times.size))
    if np.isnan(concordance):
        return not_estimable(NO_PAIR)
    se = float(np.sqrt((influence**2).sum()))
    half = normal_quantile(level) * se
    return Estimate(concordance, max(0.0, concordance - half), min(1.0, concordance + half), se)


def compare_harrell_c(
    time: ArrayLike, event: ArrayLike, a: ArrayLike, b: ArrayLike, level: float = 0.95
) -> CDifference:
    """Compare Harrell's C of two risks of the same cases, by the influence of each case on both.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    a, b : array_like, shape (n,)
    level : float
        Confidence level of the difference.

    Returns
    -------
    CDifference
        a minus b; NaN without a comparable pair, no test when the difference does not vary.

    References
    ----------
    Therneau TM, Watson DA, 2015.
    """
    happened, times = check_follow_up(time, event)
    (c_a, of_a), (c_b, of_b) = (_harrell(happened, times, check_scores(risk, times.size)) for risk in (a, b))
    if np.isnan(c_a):
        return CDifference(*(NAN,) * 8, NO_PAIR)
    difference = c_a - c_b
    se = float(np.sqrt(((of_a - of_b) ** 2).sum()))
    if se <= 1e-12:
        return CDifference(c_a, c_b, difference, NAN, NAN, se, NAN, NAN, "the difference has no variance")
    z, half = difference / se, normal_quantile(level) * se
    return CDifference(c_a, c_b, difference, difference - half, difference + half, se, z, float(2 * ndtr(-abs(z))))


def count_pairs(time: ArrayLike, event: ArrayLike, risk: ArrayLike) -> PairCounts:
    """Count the pairs behind Harrell's C; arguments as `harrell_c`.

    Returns
    -------
    PairCounts
        `tied_time` and `tied_both` are pairs of events at the same time, of different and of equal risk.
    """
    happened, times = check_follow_up(time, event)
    values = check_scores(risk, times.size)
    concordant = discordant = tied = same_time = same_both = 0
    for index in np.flatnonzero(happened):
        later = _outlives(times, happened, index)
        concordant += int((later & (values < values[index])).sum())
        discordant += int((later & (values > values[index])).sum())
        tied += int((later & (values == values[index])).sum())
        simultaneous = happened[:index] & (times[:index] == times[index])
        same_both += int((simultaneous & (values[:index] == values[index])).sum())
        same_time += int((simultaneous & (values[:index] != values[index])).sum())
    return PairCounts(concordant, discordant, tied, same_time, same_both)


def uno_c(
    time: ArrayLike, event: ArrayLike, risk: ArrayLike, tau: float, censoring: Censoring | None = None
) -> Estimate:
    """Compute Uno's C up to a horizon: pairs weighted by the inverse probability of not being censored.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    risk : array_like, shape (n,)
    tau : float
        Events strictly before it count.
    censoring : Censoring, optional
        Estimated elsewhere, such as on training cases; on these cases by default.

    Returns
    -------
    Estimate
        Sum over events of G(T-)^-2 times the pairs won, divided by the same sum of all pairs; without an interval, for
        which patients are bootstrapped. NaN without comparable pairs, or when nobody stays uncensored until an event.

    References
    ----------
    Uno H et al., Stat Med 2011.
    """
    happened, times = check_follow_up(time, event)
    values = check_scores(risk, times.size)
    staying = (censoring or Censoring.estimate(times, happened)).before(times)
    pairs = wins = 0.0
    for index in np.flatnonzero(happened & (times < tau)):
        if staying[index] <= 0:
            return not_estimable("nobody stays uncensored to an event")
        later = _outlives(times, happened, index)
        won = (values[index] > values[later]).sum() + 0.5 * (values[index] == values[later]).sum()
        pairs += later.sum() / staying[index] ** 2
        wins += won / staying[index] ** 2
    return Estimate(float(wins / pairs)) if pairs > 0 else not_estimable(NO_PAIR)


def _outlives(times: Floats, happened: Booleans, index: np.intp) -> Booleans:
    return np.asarray((times > times[index]) | ((times == times[index]) & ~happened))


def _harrell(happened: Booleans, times: Floats, values: Floats) -> tuple[float, Floats]:
    """Compute the concordance and the influence of every case on it."""
    pairs, wins = np.zeros(times.size), np.zeros(times.size)
    for index in np.flatnonzero(happened):
        comparable = _outlives(times, happened, index)
        won = comparable * ((values[index] > values) + 0.5 * (values[index] == values))
        pairs += comparable
        wins += won
        pairs[index] += comparable.sum()
        wins[index] += won.sum()
    total = pairs.sum() / 2
    if total == 0:
        return NAN, np.full(times.size, NAN)
    concordance = float(wins.sum() / 2 / total)
    return concordance, (wins - concordance * pairs) / total
