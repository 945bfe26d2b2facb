"""Net reclassification (NRI) and integrated discrimination improvement (IDI) of a new model over an old one."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr

from sonomics.statistics.estimates import ONE_CLASS, Booleans, Floats, normal_quantile
from sonomics.statistics.inputs import check_outcome, check_scores

NAN = float("nan")


class Reclassification(NamedTuple):
    """Net reclassification improvement with its parts.

    `se` is the multinomial standard error, with its z, p and interval; `se_null` is that under no change, with its z.
    The parts are the shares of events and of non-events that move up and down.
    """

    nri: float
    events: float
    nonevents: float
    up_events: float
    down_events: float
    up_nonevents: float
    down_nonevents: float
    se: float
    z: float
    p: float
    lower: float
    upper: float
    se_null: float
    z_null: float
    reason: str = ""


class IntegratedDiscrimination(NamedTuple):
    """Integrated discrimination improvement, with its standard error, z, p and interval."""

    idi: float
    se: float
    z: float
    p: float
    lower: float
    upper: float
    reason: str = ""


def categorical_nri(
    y: ArrayLike, old: ArrayLike, new: ArrayLike, cutoffs: Sequence[float], level: float = 0.95
) -> Reclassification:
    """Compute the net reclassification between risk classes [0, c1), [c1, c2) ... [ck, 1].

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    old, new : array_like, shape (n,)
        Probabilities of the two models.
    cutoffs : sequence of float
        Ascending.
    level : float
        Confidence level.

    Returns
    -------
    Reclassification
        NaN with a single class; z is NaN when nobody moves. An NRI may be positive for an uninformative marker (Kerr
        KF et al., Epidemiology 2014): report it next to the net benefit, never alone.

    References
    ----------
    Pencina MJ et al., Stat Med 2008; multinomial variance as in Hmisc's improveProb.
    """
    edges = np.asarray(cutoffs, dtype=np.float64)
    before, after = (np.searchsorted(edges, check_scores(side, np.size(y)), side="right") for side in (old, new))
    return _nri(check_outcome(y), (after - before).astype(np.float64), level)


def continuous_nri(y: ArrayLike, old: ArrayLike, new: ArrayLike, level: float = 0.95) -> Reclassification:
    """Compute the net reclassification where any change counts; otherwise as `categorical_nri`.

    References
    ----------
    Pencina MJ et al., Stat Med 2011.
    """
    return _nri(check_outcome(y), check_scores(new, np.size(y)) - check_scores(old, np.size(y)), level)


def idi(y: ArrayLike, old: ArrayLike, new: ArrayLike, level: float = 0.95) -> IntegratedDiscrimination:
    """Compute the integrated discrimination improvement: mean change in events minus that in non-events.

    Parameters as `categorical_nri`.

    Returns
    -------
    IntegratedDiscrimination
        NaN with a single class; no test when a class has a single case or no change varies.

    References
    ----------
    Pencina MJ et al., Stat Med 2008.
    """
    positive = check_outcome(y)
    change = check_scores(new, positive.size) - check_scores(old, positive.size)
    if positive.all() or not positive.any():
        return IntegratedDiscrimination(NAN, NAN, NAN, NAN, NAN, NAN, ONE_CLASS)
    in_events, in_nonevents = change[positive], change[~positive]
    value = float(in_events.mean() - in_nonevents.mean())
    if min(in_events.size, in_nonevents.size) < 2:
        return IntegratedDiscrimination(value, NAN, NAN, NAN, NAN, NAN, "fewer than two cases in a class")
    se = float(np.sqrt(in_events.var(ddof=1) / in_events.size + in_nonevents.var(ddof=1) / in_nonevents.size))
    if se <= 1e-14:
        return IntegratedDiscrimination(value, 0.0, NAN, NAN, value, value, "the change does not vary")
    z, half = value / se, normal_quantile(level) * se
    return IntegratedDiscrimination(value, se, z, float(2 * ndtr(-abs(z))), value - half, value + half)


def _nri(positive: Booleans, change: Floats, level: float) -> Reclassification:
    if positive.all() or not positive.any():
        return Reclassification(*(NAN,) * 14, ONE_CLASS)
    shares = []
    variance = null_variance = 0.0
    for members in (positive, ~positive):
        n = int(members.sum())
        up, down = int((change[members] > 0).sum()), int((change[members] < 0).sum())
        shares += [up / n, down / n]
        variance += (up + down) / n**2 - (up - down) ** 2 / n**3
        null_variance += (up + down) / n**2
    up_events, down_events, up_nonevents, down_nonevents = shares
    events, nonevents = up_events - down_events, down_nonevents - up_nonevents
    nri = events + nonevents
    parts = (nri, events, nonevents, up_events, down_events, up_nonevents, down_nonevents)
    if variance <= 1e-14:
        se_null = float(np.sqrt(null_variance))
        return Reclassification(*parts, 0.0, NAN, NAN, nri, nri, se_null, NAN, "the reclassification does not vary")
    se, se_null = float(np.sqrt(variance)), float(np.sqrt(null_variance))
    z, half = nri / se, normal_quantile(level) * se
    return Reclassification(*parts, se, z, float(2 * ndtr(-abs(z))), nri - half, nri + half, se_null, nri / se_null)
