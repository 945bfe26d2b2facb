"""A proportional-hazards model as it is stored: coefficients and baseline hazard, and the survival they predict."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.core.rows import weigh_columns
from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_follow_up
from sonomics.statistics.regression.design import standardise_design
from sonomics.statistics.survival.breslow import BreslowLoss
from sonomics.statistics.survival.cox_model import CoxModel
from sonomics.statistics.survival.partial_likelihood import baseline_cumulative_hazard


class RiskModel(NamedTuple):
    """Hazard(t | x) = baseline(t) exp((x - centre) coefficients); NaN with a reason without a fit.

    Attributes
    ----------
    coefficients, se : ndarray, shape (p,)
        Log hazard ratios, and their standard errors, NaN for a penalised model.
    centre : ndarray, shape (p,)
        Covariates to which the baseline hazard belongs.
    times, hazard : ndarray, shape (m,)
        Event times, ascending, and the cumulative baseline hazard.
    last : float
        Last follow-up.
    null, fitted : float
        Log partial likelihood without and with the covariates; NaN for a penalised model.
    reason : str
    """

    coefficients: Floats
    se: Floats
    centre: Floats
    times: Floats
    hazard: Floats
    last: float
    null: float
    fitted: float
    reason: str = ""


def fit_risk_model(time: ArrayLike, event: ArrayLike, x: ArrayLike) -> RiskModel:
    """Fit a Cox model without penalty, with Efron's handling of ties and baseline hazard.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    x : array_like, shape (n, p)

    Returns
    -------
    RiskModel
        NaN with a reason under the conditions of `cox_model.CoxModel`: no events, a constant or dependent covariate, an
        estimate that runs to infinity.

    Raises
    ------
    ValueError
        If a value is NaN.

    References
    ----------
    Cox DR, J R Stat Soc B 1972; Efron B, J Am Stat Assoc 1977.
    """
    happened, times = check_follow_up(time, event)
    model = CoxModel.estimate(times, happened, pd.DataFrame(np.asarray(x, dtype=np.float64)))
    unknown = np.full(model.spread.size, np.nan)
    if model.reason:
        empty = np.zeros(0)
        return RiskModel(unknown, unknown, unknown, empty, empty, float(times.max()), np.nan, np.nan, model.reason)
    moments, hazard = baseline_cumulative_hazard(model.sets, model.design, model.fit.beta)
    return RiskModel(
        model.fit.beta / model.spread,
        np.sqrt(np.diag(model.fit.covariance)) / model.spread,
        model.centre,
        moments,
        hazard,
        float(times.max()),
        model.fit.null,
        model.fit.fitted,
    )


def add_baseline_hazard(time: ArrayLike, event: ArrayLike, x: ArrayLike, coefficients: ArrayLike) -> RiskModel:
    """Estimate Breslow's baseline hazard for coefficients found elsewhere, as by a penalised likelihood.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    x : array_like, shape (n, p)
    coefficients : array_like, shape (p,)
        On the scale of x.

    Returns
    -------
    RiskModel
        Without an event the baseline hazard is 0 throughout.

    Raises
    ------
    ValueError
        If a value is NaN or infinite.

    References
    ----------
    Breslow N, Biometrics 1974.
    """
    happened, times = check_follow_up(time, event)
    beta = np.asarray(coefficients, dtype=np.float64)
    design = standardise_design(x, times.size)
    loss = BreslowLoss(np.asarray(x, dtype=np.float64) - design.centre, times, happened)
    hazard = loss.baseline(loss.predict(beta))
    unknown = np.full(beta.size, np.nan)
    return RiskModel(beta, unknown, design.centre, loss.times, hazard, float(times.max()), np.nan, np.nan)


def predict_log_hazard(model: RiskModel, x: ArrayLike) -> Floats:
    """Predict the log hazard ratio to a row at `model.centre`, higher = earlier event, shape (n,); row by row."""
    return weigh_columns(np.asarray(x, dtype=np.float64) - model.centre, model.coefficients)


def predict_survival(model: RiskModel, x: ArrayLike, horizons: ArrayLike) -> Floats:
    """Predict the probability of no event until each horizon.

    Parameters
    ----------
    model : RiskModel
    x : array_like, shape (n, p)
    horizons : array_like, shape (h,)
        In the units of time.

    Returns
    -------
    ndarray, shape (n, h)
        NaN without a fit and for a horizon beyond the last follow-up of training.
    """
    moments = np.asarray(horizons, dtype=np.float64)
    if model.reason:
        return np.full((len(np.asarray(x)), moments.size), np.nan)
    cumulative = np.concatenate([[0.0], model.hazard])[np.searchsorted(model.times, moments, side="right")]
    known = np.where(moments <= model.last, cumulative, np.nan)
    return np.asarray(np.exp(-known * np.exp(predict_log_hazard(model, x))[:, None]), dtype=np.float64)
