"""Performance and hazard ratios in subgroups, and whether they differ between them."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from sonomics.statistics.discrimination.auc import auc_interval
from sonomics.statistics.estimates import Booleans, SignificanceTest
from sonomics.statistics.inputs import check_follow_up, check_outcome, check_scores
from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.cox_tests import cox_interaction

NAN = float("nan")
TOO_FEW = "too few"
FEWEST = 10


def auc_by_subgroup(
    y: ArrayLike, score: ArrayLike, group: ArrayLike, fewest: int = FEWEST, level: float = 0.95
) -> pd.DataFrame:
    """Compute the AUC with DeLong interval in every level of a subgroup.

    Parameters
    ----------
    y : array_like of 0/1, shape (n,)
    score : array_like, shape (n,)
    group : array_like, shape (n,)
        None or NaN = unknown: an extra level, last, named None.
    fewest : int
        Events and non-events that a level needs for an estimate.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row per level, sorted as text: `level, n, events, auc, lower, upper, se, reason`. "too few" instead of a
        number where a level has fewer than `fewest` of either class.
    """
    positive = check_outcome(y)
    values = check_scores(score, positive.size)
    rows = []
    for name, members in _levels(group):
        n, events = int(members.sum()), int(positive[members].sum())
        if min(events, n - events) < fewest:
            rows.append((name, n, events, NAN, NAN, NAN, NAN, TOO_FEW))
            continue
        area = auc_interval(positive[members], values[members], level)
        rows.append((name, n, events, area.estimate, area.lower, area.upper, area.se, area.reason))
    return pd.DataFrame(rows, columns=["level", "n", "events", "auc", "lower", "upper", "se", "reason"])


def auc_heterogeneity(table: pd.DataFrame) -> SignificanceTest:
    """Test whether the AUCs of independent subgroups differ, by Cochran's Q over the levels that have one.

    Parameters
    ----------
    table : DataFrame
        From `auc_by_subgroup`.

    Returns
    -------
    SignificanceTest
        Sum of squared distances from the inverse-variance mean; levels - 1 degrees of freedom. For two levels the
        square of the z test of the difference. NaN with fewer than two levels of known variance.

    References
    ----------
    Cochran WG, Biometrics 1954.
    """
    known = table[(table["level"].notna()) & (table["se"] > 0)]
    if len(known) < 2:
        return SignificanceTest(NAN, NAN, NAN, "fewer than two levels with an interval")
    weight = 1 / known["se"].to_numpy() ** 2
    area = known["auc"].to_numpy()
    statistic = float((weight * (area - np.average(area, weights=weight)) ** 2).sum())
    df = len(known) - 1
    return SignificanceTest(statistic, float(df), float(chdtrc(df, statistic)))


def hazard_ratio_by_subgroup(
    time: ArrayLike,
    event: ArrayLike,
    high: ArrayLike,
    group: ArrayLike,
    fewest: int = FEWEST,
    level: float = 0.95,
) -> pd.DataFrame:
    """Compute the hazard ratio of high against low risk in every level of a subgroup (Cox, Efron's ties).

    Parameters
    ----------
    time : array_like, shape (n,)
    event, high : array_like of 0/1, shape (n,)
    group : array_like, shape (n,)
    fewest : int
        Events that a level needs for an estimate.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row per level: `level, n, events, hr, lower, upper, p, reason`; "too few" instead of a number where a
        level has fewer than `fewest` events.
    """
    happened, times = check_follow_up(time, event)
    exposed = check_outcome(high).astype(float)
    rows = []
    for name, members in _levels(group):
        n, events = int(members.sum()), int(happened[members].sum())
        if events < fewest:
            rows.append((name, n, events, NAN, NAN, NAN, NAN, TOO_FEW))
            continue
        fit = fit_cox(times[members], happened[members], pd.DataFrame({"high": exposed[members]}), level).iloc[0]
        rows.append((name, n, events, fit["hr"], fit["lower"], fit["upper"], fit["p"], fit["reason"]))
    return pd.DataFrame(rows, columns=["level", "n", "events", "hr", "lower", "upper", "p", "reason"])


def treatment_by_risk_group(
    time: ArrayLike, event: ArrayLike, treated: ArrayLike, high: ArrayLike, fewest: int = FEWEST, level: float = 0.95
) -> tuple[pd.DataFrame, pd.Series]:
    """Compute the hazard ratio of a treatment in either risk group, and test whether the two differ.

    Parameters
    ----------
    time : array_like, shape (n,)
    event, treated, high : array_like of 0/1, shape (n,)
    fewest : int
        Events that a risk group needs for an estimate.
    level : float

    Returns
    -------
    groups : DataFrame
        As `hazard_ratio_by_subgroup`, levels "0" (low) and "1" (high risk).
    interaction : Series
        `ratio, lower, upper, wald_p, likelihood_ratio_p, reason`. In patients who were not randomised this is an
        association: treated patients differ from untreated ones.
    """
    groups = hazard_ratio_by_subgroup(time, event, treated, high, fewest, level)
    interaction = cox_interaction(time, event, treated, high, level)
    ratio, test = interaction.ratio, interaction.likelihood_ratio
    names = ["ratio", "lower", "upper", "wald_p", "likelihood_ratio_p", "reason"]
    values = [ratio.estimate, ratio.lower, ratio.upper, interaction.wald_p, test.p, ratio.reason]
    return groups, pd.Series(values, index=names)


def _levels(group: ArrayLike) -> list[tuple[str | None, Booleans]]:
    series = pd.Series(np.asarray(group))
    known = series.dropna()
    names = sorted(known.unique(), key=str)
    levels: list[tuple[str | None, Booleans]] = [(str(name), (series == name).to_numpy()) for name in names]
    if len(known) < len(series):
        levels.append((None, series.isna().to_numpy()))
    return levels
