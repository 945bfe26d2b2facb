"""Cox proportional hazards with Efron's handling of ties."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtr

from sonomics.statistics.estimates import Floats, normal_quantile
from sonomics.statistics.inputs import check_outcome, check_scores
from sonomics.statistics.survival.cox_fit import RUNAWAY, maximise_partial_likelihood
from sonomics.statistics.survival.partial_likelihood import build_risk_sets

COLUMNS = ["beta", "se", "hr", "lower", "upper", "z", "p"]


def fit_cox(time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, level: float = 0.95) -> pd.DataFrame:
    """Fit one Cox model with all covariates.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    covariates : DataFrame, shape (n, p)
        Numeric columns without NaN; categories as dummies.
    level : float
        Confidence level of the Wald intervals.

    Returns
    -------
    DataFrame
        Index = covariates in their order; `beta, se, hr`, its bounds `lower, upper`, `z, p, n, events, reason`.
        NaN with a reason for a constant covariate, a covariate whose estimate runs to infinity (|beta| x SD above 10;
        sometimes the others too), linearly dependent covariates, or no events.

    Raises
    ------
    ValueError
        If a covariate has a NaN; the caller chooses and counts complete cases.

    References
    ----------
    Cox DR, J R Stat Soc B 1972; Efron B, J Am Stat Assoc 1977.
    """
    happened = check_outcome(event)
    times = check_scores(time, happened.size)
    values = check_scores(covariates.to_numpy(dtype=np.float64).T, happened.size).T
    table = pd.DataFrame(np.nan, index=covariates.columns, columns=COLUMNS)
    table = table.assign(n=happened.size, events=int(happened.sum()), reason="")
    spread = values.std(axis=0)
    varies = spread > 1e-12 * np.abs(values).max(axis=0, initial=1e-300)
    table.loc[~varies, "reason"] = "constant"
    estimable = table.index[varies]
    if not happened.any():
        table["reason"] = "no events"
        return table
    if not estimable.size:
        return table
    scaled = (values[:, varies] - values[:, varies].mean(axis=0)) / spread[varies]
    if np.linalg.matrix_rank(scaled, tol=1e-9 * np.sqrt(happened.size)) < estimable.size:
        table.loc[estimable, "reason"] = "linearly dependent covariates"
        return table
    fit = maximise_partial_likelihood(build_risk_sets(times, happened), scaled)
    beta, se = fit.beta, np.sqrt(np.diag(fit.covariance))
    if np.isnan(beta).any():
        table.loc[estimable, "reason"] = "the partial likelihood has no maximum"
        return table
    finite = (np.abs(beta) <= RUNAWAY) & ~np.isnan(se)
    table.loc[estimable[~finite], "reason"] = "another estimate runs to infinity"
    table.loc[estimable[np.abs(beta) > RUNAWAY], "reason"] = "the estimate runs to infinity"
    rows = _wald(beta[finite] / spread[varies][finite], se[finite] / spread[varies][finite], level)
    table.loc[estimable[finite], COLUMNS] = rows
    return table


def fit_univariable_cox(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, level: float = 0.95
) -> pd.DataFrame:
    """Fit one Cox model per covariate; arguments and result as `fit_cox`."""
    return pd.concat([fit_cox(time, event, covariates[[name]], level) for name in covariates.columns])


def _wald(beta: Floats, se: Floats, level: float) -> Floats:
    half = normal_quantile(level) * se
    z = beta / se
    return np.column_stack([beta, se, np.exp(beta), np.exp(beta - half), np.exp(beta + half), z, 2 * ndtr(-np.abs(z))])
