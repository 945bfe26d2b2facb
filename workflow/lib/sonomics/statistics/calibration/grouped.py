"""Calibration in groups of the predicted probability."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_outcome, check_probabilities, check_scores

NAN = float("nan")


class HosmerLemeshow(NamedTuple):
    """Hosmer-Lemeshow test; `internal` for the data the model was fitted on (df groups - 2), `external` for others."""

    chi2: float
    groups: int
    df_internal: int
    p_internal: float
    df_external: int
    p_external: float
    reason: str = ""


def hosmer_lemeshow(y: ArrayLike, probability: ArrayLike, groups: int = 10) -> HosmerLemeshow:
    """Test observed against expected counts in groups cut at quantiles of the prediction, by chi-square.

    Equal quantiles are merged, so there may be fewer groups than requested; their number sets the degrees of freedom.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1].
    groups : int
        Requested number of groups.

    Returns
    -------
    HosmerLemeshow
        NaN when a group expects no event or no non-event at all, or too few groups remain.

    References
    ----------
    Hosmer DW, Lemeshow S, Commun Stat 1980.
    """
    positive, values = check_probabilities(y, probability)
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
    """Compute the mean prediction and the observed share of every quantile group, for plotting.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
        In [0, 1].
    groups : int
        Requested number of groups.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row per group, ascending: `n, events, predicted, observed, lower, upper` (Wilson interval).
    """
    positive, values = check_probabilities(y, probability)
    group = quantile_groups(values, groups)
    rows = []
    for number in range(group.max() + 1 if group.size else 0):
        members = group == number
        share = proportion(int(positive[members].sum()), int(members.sum()), level)
        rows.append((share.n, share.x, float(values[members].mean()), share.estimate, *share.wilson))
    return pd.DataFrame(rows, columns=["n", "events", "predicted", "observed", "lower", "upper"])


def quantile_groups(values: Floats, groups: int) -> np.ndarray:
    """Number the groups cut at distinct type-7 quantiles, right-closed, the lowest value included.

    Parameters
    ----------
    values : ndarray, shape (n,)
    groups : int
        Requested number of groups.

    Returns
    -------
    ndarray of int, shape (n,)
        0 .. g - 1 without gaps, g <= groups; one group when all values are equal.
    """
    if not values.size:
        return np.zeros(0, dtype=int)
    edges = np.unique(np.quantile(values, np.linspace(0.0, 1.0, groups + 1)))
    return np.unique(np.searchsorted(edges[1:-1], values, side="left"), return_inverse=True)[1]


def expected_calibration_error(y: ArrayLike, probability: ArrayLike, groups: int = 10) -> float:
    """Average |observed share - mean prediction| over quantile groups, weighted by their size.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    probability : array_like, shape (n,)
    groups : int
        Requested number of groups; equal quantiles are merged (see `quantile_groups`).

    Returns
    -------
    float
        NaN without cases. Grows with the number of groups; the ICI (`smoothed.loess_errors`) does not depend on groups.

    References
    ----------
    Naeini MP, Cooper GF, Hauskrecht M, AAAI 2015.
    """
    positive = check_outcome(y)
    values = check_scores(probability, positive.size)
    if not values.size:
        return NAN
    group = quantile_groups(values, groups)
    return float(np.abs(np.bincount(group, positive - values)).sum() / values.size)
