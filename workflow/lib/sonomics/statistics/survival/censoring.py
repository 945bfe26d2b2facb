"""Probability of staying uncensored, by Kaplan-Meier."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_follow_up


class Censoring(NamedTuple):
    """Kaplan-Meier of staying uncensored; events leave the risk set before censorings at the same time.

    Attributes
    ----------
    times : ndarray, shape (k,)
        Distinct follow-up times, ascending.
    staying : ndarray, shape (k,)
        Probability of being uncensored beyond each time.
    hazard : ndarray, shape (k,)
        Share of those at risk, tied events taken out, that is censored at each time.
    at_risk : ndarray of int, shape (k,)
    """

    times: Floats
    staying: Floats
    hazard: Floats
    at_risk: np.ndarray

    @classmethod
    def estimate(cls, time: ArrayLike, event: ArrayLike) -> "Censoring":
        """Estimate from follow-up, shape (n,), and events 0/1, shape (n,)."""
        happened, values = check_follow_up(time, event)
        times, code = np.unique(values, return_inverse=True)
        events = np.bincount(code[happened], minlength=times.size)
        censored = np.bincount(code[~happened], minlength=times.size)
        left = events + censored
        at_risk = left[::-1].cumsum()[::-1] - events
        hazard = np.divide(censored, at_risk, out=np.zeros(times.size), where=at_risk > 0)
        return cls(times, np.cumprod(1 - hazard), hazard, at_risk)

    def before(self, time: ArrayLike) -> Floats:
        """Return the probability of being uncensored just before each time, G(t-), shape of `time`."""
        step = np.searchsorted(self.times, np.asarray(time, dtype=np.float64), side="left") - 1
        return np.where(step >= 0, self.staying[np.maximum(step, 0)], 1.0)

    def at(self, time: ArrayLike) -> Floats:
        """Return the probability of being uncensored beyond each time, G(t), shape of `time`."""
        step = np.searchsorted(self.times, np.asarray(time, dtype=np.float64), side="right") - 1
        return np.where(step >= 0, self.staying[np.maximum(step, 0)], 1.0)
