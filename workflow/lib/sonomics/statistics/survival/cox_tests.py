"""Tests of Cox models: the whole model, interactions, proportional hazards; and risk predicted by a model."""

from typing import Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from sonomics.statistics.estimates import Booleans, Estimate, Floats, SignificanceTest, normal_quantile, not_estimable
from sonomics.statistics.inputs import numbers, outcome
from sonomics.statistics.survival.kaplan_meier import kaplan_meier
from sonomics.statistics.survival.partial_likelihood import (
    RUNAWAY,
    CoxFit,
    RiskSets,
    baseline_cumulative_hazard,
    maximise,
    moments,
    risk_sets,
    unfitted,
)

NAN = float("nan")

Transform = Literal["km", "rank", "identity"]


class ModelTests(NamedTuple):
    """Log partial likelihoods without and with the covariates, and the three tests that these do nothing."""

    n: int
    events: int
    null: float
    fitted: float
    likelihood_ratio: SignificanceTest
    wald: SignificanceTest
    score: SignificanceTest
    reason: str = ""


class Interaction(NamedTuple):
    """Ratio of the hazard ratio at modifier 1 to that at modifier 0, its Wald test and the likelihood ratio test."""

    ratio: Estimate
    wald_z: float
    wald_p: float
    likelihood_ratio: SignificanceTest


def model_tests(time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame) -> ModelTests:
    """Likelihood ratio, Wald and score tests of a Cox model (Efron's ties).

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    covariates : DataFrame, shape (n, p)
        Numeric, without NaN.

    Returns
    -------
    ModelTests
        NaN with a reason under the conditions of `cox.cox`, a constant covariate among them.

    References
    ----------
    Cox DR, J R Stat Soc B 1972; Efron B, J Am Stat Assoc 1977.
    """
    model = _Model.of(time, event, covariates)
    n, events = model.happened.size, int(model.happened.sum())
    if model.reason:
        unknown = SignificanceTest(NAN, NAN, NAN, model.reason)
        return ModelTests(n, events, NAN, NAN, unknown, unknown, unknown, model.reason)
    fit, df = model.fit, model.design.shape[1]
    wald = float(fit.beta @ np.linalg.solve(fit.covariance, fit.beta))
    ratio, wald_test, score = (_chi2(statistic, df) for statistic in (2 * (fit.fitted - fit.null), wald, fit.score))
    return ModelTests(n, events, fit.null, fit.fitted, ratio, wald_test, score)


def cox_interaction(
    time: ArrayLike, event: ArrayLike, exposure: ArrayLike, modifier: ArrayLike, level: float = 0.95
) -> Interaction:
    """Does the hazard ratio of an exposure differ between two strata: treatment by risk group, risk group by age?

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    exposure, modifier : array_like of 0/1, shape (n,)
    level : float
        Confidence level of the ratio.

    Returns
    -------
    Interaction
        Of the Cox model with both and their product, against the model without the product. NaN with a reason where
        either cannot be fitted. Not causal unless the exposure was randomised.
    """
    design = pd.DataFrame(
        {"exposure": numbers(exposure, np.size(event)), "modifier": numbers(modifier, np.size(event))}
    )
    product = design.assign(product=design["exposure"] * design["modifier"])
    additive, full = (_Model.of(time, event, columns) for columns in (design, product))
    if reason := full.reason or additive.reason:
        return Interaction(not_estimable(reason), NAN, NAN, SignificanceTest(NAN, NAN, NAN, reason))
    beta, se = full.fit.beta[-1] / full.spread[-1], float(np.sqrt(full.fit.covariance[-1, -1])) / full.spread[-1]
    half = normal_quantile(level) * se
    ratio = Estimate(float(np.exp(beta)), float(np.exp(beta - half)), float(np.exp(beta + half)), se)
    z = float(beta / se)
    return Interaction(ratio, z, float(2 * ndtr(-abs(z))), _chi2(2 * (full.fit.fitted - additive.fit.fitted), 1))


def proportional_hazards(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, transform: Transform = "km"
) -> pd.DataFrame:
    """Score test that a covariate's log hazard ratio does not change with a transform of time.

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
        Index = covariates, then GLOBAL; `chi2, df, p, reason`. NaN where the model cannot be fitted or time takes one
        value only. The test of survival 3's `cox.zph`; lifelines tests an approximation of 1994.

    References
    ----------
    Grambsch PM, Therneau TM, Biometrika 1994 (as score test).
    """
    model = _Model.of(time, event, covariates)
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
    # Information about a slope in time once the coefficients themselves are estimated.
    left = squared - mixed @ np.linalg.solve(plain, mixed)
    for name, columns in [*((name, [index]) for index, name in enumerate(covariates)), ("GLOBAL", range(len(score)))]:
        chosen = list(columns)
        block = left[np.ix_(chosen, chosen)]
        if np.linalg.cond(block) > 1e14 or np.abs(block).max() < 1e-12:
            table.loc[name, "reason"] = "no event times to tell a trend from"
            continue
        test = _chi2(float(score[chosen] @ np.linalg.solve(block, score[chosen])), len(chosen))
        table.loc[name, ["chi2", "df", "p"]] = [test.statistic, test.df, test.p]
    return table


def predicted_risk(
    time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame, new: pd.DataFrame, horizon: float
) -> Floats:
    """Probability of an event by a horizon under a Cox model with Efron's baseline hazard.

    Parameters
    ----------
    time, event, covariates
        Training cases, as `cox.cox`.
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
    model = _Model.of(time, event, covariates)
    if model.reason or horizon > model.times.max():
        return np.full(len(new), NAN)
    moment, hazard = baseline_cumulative_hazard(model.sets, model.design, model.fit.beta)
    reached = np.searchsorted(moment, horizon, side="right")
    cumulative = hazard[reached - 1] if reached else 0.0
    scaled = (new[list(covariates)].to_numpy(dtype=np.float64) - model.centre) / model.spread
    return np.asarray(-np.expm1(-cumulative * np.exp(scaled @ model.fit.beta)), dtype=np.float64)


class _Model(NamedTuple):
    times: Floats
    happened: Booleans
    design: Floats
    centre: Floats
    spread: Floats
    sets: RiskSets
    fit: CoxFit
    reason: str

    @classmethod
    def of(cls, time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame) -> "_Model":
        happened = outcome(event)
        times = numbers(time, happened.size)
        values = numbers(covariates.to_numpy(dtype=np.float64).T, happened.size).T
        centre, spread = values.mean(axis=0), values.std(axis=0)
        sets = risk_sets(times, happened)
        reason = _unfit(values, spread, happened)
        if reason:
            return cls(times, happened, values, centre, spread, sets, unfitted(spread.size), reason)
        scaled = (values - centre) / spread
        fit = maximise(sets, scaled)
        if np.isnan(fit.beta).any():
            reason = "the partial likelihood has no maximum"
        elif (np.abs(fit.beta) > RUNAWAY).any():
            reason = "an estimate runs to infinity"
        return cls(times, happened, scaled, centre, spread, sets, fit, reason)


def _unfit(values: Floats, spread: Floats, happened: Booleans) -> str:
    """Why no model can be fitted; empty when it can be tried."""
    if not happened.any():
        return "no events"
    if not spread.size:
        return "no covariate"
    if (spread <= 1e-12 * np.abs(values).max(axis=0, initial=1e-300)).any():
        return "a constant covariate"
    scaled = (values - values.mean(axis=0)) / spread
    dependent = np.linalg.matrix_rank(scaled, tol=1e-9 * np.sqrt(happened.size)) < spread.size
    return "linearly dependent covariates" if dependent else ""


def _transformed(times: Floats, happened: Booleans, at: Floats, transform: Transform) -> Floats:
    if transform == "identity":
        return at
    if transform == "rank":
        below, upto = (np.searchsorted(np.sort(times), at, side=side) for side in ("left", "right"))
        return (below + 1 + upto) / 2.0
    curve = kaplan_meier(times, happened)
    before = np.searchsorted(curve.time, at, side="left") - 1
    return 1.0 - np.where(before >= 0, curve.survival[np.maximum(before, 0)], 1.0)


def _chi2(statistic: float, df: int) -> SignificanceTest:
    return SignificanceTest(float(statistic), float(df), float(chdtrc(df, max(0.0, statistic))))
