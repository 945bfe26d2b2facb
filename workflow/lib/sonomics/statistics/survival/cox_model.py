"""A Cox model of all covariates, or why there is none, and the risk that it predicts."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Booleans, Floats
from sonomics.statistics.inputs import check_outcome, check_scores
from sonomics.statistics.survival.cox_fit import RUNAWAY, CoxFit, maximise_partial_likelihood, unfitted
from sonomics.statistics.survival.partial_likelihood import RiskSets, baseline_cumulative_hazard, build_risk_sets

NAN = float("nan")


class CoxModel(NamedTuple):
    """A Cox model of standardised covariates, or the reason why there is none.

    Attributes
    ----------
    times, happened : ndarray, shape (n,)
        Follow-up and events.
    design : ndarray, shape (n, p)
        Covariates, standardised where the model could be tried.
    centre, spread : ndarray, shape (p,)
        Mean and standard deviation of the covariates.
    sets : RiskSets
    fit : CoxFit
        NaN where not estimable.
    reason : str
        Why the model is not estimable; empty otherwise.
    """

    times: Floats
    happened: Booleans
    design: Floats
    centre: Floats
    spread: Floats
    sets: RiskSets
    fit: CoxFit
    reason: str

    @classmethod
    def estimate(cls, time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame) -> "CoxModel":
        """Fit a model of all covariates; arguments as `cox.fit_cox`."""
        happened = check_outcome(event)
        times = check_scores(time, happened.size)
        values = check_scores(covariates.to_numpy(dtype=np.float64).T, happened.size).T
        centre, spread = values.mean(axis=0), values.std(axis=0)
        sets = build_risk_sets(times, happened)
        reason = _explain_no_fit(values, spread, happened)
        if reason:
            return cls(times, happened, values, centre, spread, sets, unfitted(spread.size), reason)
        scaled = (values - centre) / spread
        fit = maximise_partial_likelihood(sets, scaled)
        if np.isnan(fit.beta).any():
            reason = "the partial likelihood has no maximum"
        elif (np.abs(fit.beta) > RUNAWAY).any():
            reason = "an estimate runs to infinity"
        return cls(times, happened, scaled, centre, spread, sets, fit, reason)


def predict_risk(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, new: pd.DataFrame, horizon: float
) -> Floats:
    """Predict the probability of an event by a horizon, by a Cox model with Efron's baseline hazard.

    Parameters
    ----------
    time, event, covariates
        Training cases, as `cox.fit_cox`.
    new : DataFrame, shape (k, p)
        The same columns of the cases to predict.
    horizon : float
        In the units of time.

    Returns
    -------
    ndarray, shape (k,)
        1 - exp(-H0(horizon) exp(linear predictor)). NaN when the model cannot be fitted or the horizon lies beyond
        the last follow-up of training.
    """
    model = CoxModel.estimate(time, event, covariates)
    if model.reason or horizon > model.times.max():
        return np.full(len(new), NAN)
    moment, hazard = baseline_cumulative_hazard(model.sets, model.design, model.fit.beta)
    reached = np.searchsorted(moment, horizon, side="right")
    cumulative = hazard[reached - 1] if reached else 0.0
    scaled = (new[list(covariates)].to_numpy(dtype=np.float64) - model.centre) / model.spread
    return np.asarray(-np.expm1(-cumulative * np.exp(scaled @ model.fit.beta)), dtype=np.float64)


def _explain_no_fit(values: Floats, spread: Floats, happened: Booleans) -> str:
    """Say why no model can be fitted; empty when it can be tried."""
    if not happened.any():
        return "no events"
    if not spread.size:
        return "no covariate"
    if (spread <= 1e-12 * np.abs(values).max(axis=0, initial=1e-300)).any():
        return "a constant covariate"
    scaled = (values - values.mean(axis=0)) / spread
    dependent = np.linalg.matrix_rank(scaled, tol=1e-9 * np.sqrt(happened.size)) < spread.size
    return "linearly dependent covariates" if dependent else ""
