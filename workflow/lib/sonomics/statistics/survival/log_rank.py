"""Log-rank tests, stratified or not.

Ours, not lifelines': its chi-square is equal, but it has no expected counts and no strata, and its degrees of freedom
are not R's when a group leaves before the first event.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from sonomics.statistics.estimates import Booleans, Floats, SignificanceTest
from sonomics.statistics.inputs import check_follow_up

NAN = float("nan")


class LogRank(NamedTuple):
    """Log-rank test with `groups`: one row per group, ascending, with `n, observed, expected`."""

    test: SignificanceTest
    groups: pd.DataFrame


def log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> LogRank:
    """Compare the survival of two or more groups by the log-rank test.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    group : array_like, shape (n,)
        Group of every case; listed in sorted order.

    Returns
    -------
    LogRank
        NaN with a single group or without an event while two groups are at risk.

    References
    ----------
    Mantel N, Cancer Chemother Rep 1966; Peto R, Peto J, J R Stat Soc A 1972.
    """
    happened, times = check_follow_up(time, event)
    names, code = np.unique(np.asarray(group), return_inverse=True)
    parts = _excess(times, happened, code, names.size)
    sizes = np.bincount(code, minlength=names.size)
    groups = pd.DataFrame({"group": names, "n": sizes, "observed": parts.observed, "expected": parts.expected})
    if names.size < 2:
        return LogRank(SignificanceTest(NAN, NAN, NAN, "fewer than two groups"), groups)
    return LogRank(_excess_test(parts.observed - parts.expected, parts.covariance), groups)


def stratified_log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike, stratum: ArrayLike) -> SignificanceTest:
    """Compare groups within strata: excess events and covariances are summed over the strata.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    group, stratum : array_like, shape (n,)

    Returns
    -------
    SignificanceTest
        NaN with a single group, without an event while two groups of a stratum are at risk, or when some groups never
        share a stratum.

    References
    ----------
    Mantel N, Cancer Chemother Rep 1966.
    """
    happened, times = check_follow_up(time, event)
    names, code = np.unique(np.asarray(group), return_inverse=True)
    strata, of_stratum = np.unique(np.asarray(stratum), return_inverse=True)
    if names.size < 2:
        return SignificanceTest(NAN, NAN, NAN, "fewer than two groups")
    excess, covariance = np.zeros(names.size), np.zeros((names.size, names.size))
    for number in range(strata.size):
        rows = of_stratum == number
        parts = _excess(times[rows], happened[rows], code[rows], names.size)
        excess += parts.observed - parts.expected
        covariance += parts.covariance
    return _excess_test(excess, covariance)


class _Excess(NamedTuple):
    observed: np.ndarray
    expected: Floats
    covariance: Floats


def _excess(times: Floats, happened: Booleans, code: np.ndarray, groups: int) -> _Excess:
    moments, at = np.unique(times[happened], return_inverse=True)
    of_event = code[happened]
    events = np.stack([np.bincount(at[of_event == number], minlength=moments.size) for number in range(groups)])
    at_risk = np.stack(
        [
            np.sum(code == number) - np.searchsorted(np.sort(times[code == number]), moments, side="left")
            for number in range(groups)
        ]
    )
    share = at_risk / at_risk.sum(axis=0)
    covariance = _hypergeometric(share, events.sum(axis=0), at_risk.sum(axis=0))
    return _Excess(events.sum(axis=1), (share * events.sum(axis=0)).sum(axis=1), covariance)


def _excess_test(excess: Floats, covariance: Floats) -> SignificanceTest:
    known = np.diag(covariance) > 1e-12
    if known.sum() < 2:
        return SignificanceTest(NAN, NAN, NAN, "no event while two groups are at risk")
    kept = np.flatnonzero(known)[:-1]
    kept_covariance = covariance[np.ix_(kept, kept)]
    if np.linalg.matrix_rank(kept_covariance) < kept.size:
        return SignificanceTest(NAN, NAN, NAN, "some groups never share a stratum")
    statistic = float(excess[kept] @ np.linalg.solve(kept_covariance, excess[kept]))
    return SignificanceTest(statistic, float(kept.size), float(chdtrc(kept.size, statistic)))


def _hypergeometric(share: Floats, events: np.ndarray, at_risk: np.ndarray) -> Floats:
    several = at_risk > 1
    scale = np.divide(events * (at_risk - events), at_risk - 1, out=np.zeros(events.size), where=several)
    return np.asarray(np.diag((share * scale).sum(axis=1)) - (share * scale) @ share.T)
