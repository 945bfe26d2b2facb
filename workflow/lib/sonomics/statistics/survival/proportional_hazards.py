"""Test of the assumption of proportional hazards.

Ours, not lifelines': R's `cox.zph` is the score test since survival 3, lifelines' is its approximation of 1994.
"""

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from sonomics.statistics.estimates import Booleans, Floats
from sonomics.statistics.survival.cox_model import CoxModel
from sonomics.statistics.survival.kaplan_meier import kaplan_meier
from sonomics.statistics.survival.partial_likelihood import moments

NAN = float("nan")

Transform = Literal["km", "rank", "identity"]


def proportional_hazards_test(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, transform: Transform = "km"
) -> pd.DataFrame:
    """Test by score whether a covariate's log hazard ratio changes with a transform of time.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    covariates : DataFrame, shape (n, p)
    transform : {"km", "rank", "identity"}
        1 - S(t-) of the Kaplan-Meier curve, mid-rank among all times, or time itself.

    Returns
    -------
    DataFrame
        Index = covariates, then GLOBAL; `chi2, df, p, reason`. NaN where the model cannot be fitted or there is a
        single event time.

    References
    ----------
    Grambsch PM, Therneau TM, Biometrika 1994 (as score test).
    """
    model = CoxModel.estimate(time, event, covariates)
    rows = [*covariates.columns, "GLOBAL"]
    table = pd.DataFrame({"chi2": NAN, "df": NAN, "p": NAN, "reason": model.reason}, index=rows)
    if model.reason:
        return table
    of_time = _transformed(model.times, model.happened, model.sets.times, transform)[model.sets.at]
    of_time = of_time - of_time.mean()
    at = moments(model.sets, model.design, model.fit.beta)
    residuals = model.design[model.sets.order][model.sets.events] - at.mean
    score = of_time @ residuals
    plain, mixed, squared = (
        np.tensordot(weight, at.covariance, axes=1) for weight in (of_time**0, of_time, of_time**2)
    )
    # Information about a slope in time, given that the coefficients are estimated too.
    left = squared - mixed @ np.linalg.solve(plain, mixed)
    for name, columns in [*((name, [index]) for index, name in enumerate(covariates)), ("GLOBAL", range(len(score)))]:
        chosen = list(columns)
        block = left[np.ix_(chosen, chosen)]
        if np.linalg.cond(block) > 1e14 or np.abs(block).max() < 1e-12:
            table.loc[name, "reason"] = "no event times to tell a trend from"
            continue
        statistic, df = float(score[chosen] @ np.linalg.solve(block, score[chosen])), len(chosen)
        table.loc[name, ["chi2", "df", "p"]] = [statistic, float(df), float(chdtrc(df, max(0.0, statistic)))]
    return table


def _transformed(times: Floats, happened: Booleans, at: Floats, transform: Transform) -> Floats:
    if transform == "identity":
        return at
    if transform == "rank":
        below, upto = (np.searchsorted(np.sort(times), at, side=side) for side in ("left", "right"))
        return (below + 1 + upto) / 2.0
    curve = kaplan_meier(times, happened)
    before = np.searchsorted(curve.time, at, side="left") - 1
    return 1.0 - np.where(before >= 0, curve.survival[np.maximum(before, 0)], 1.0)
