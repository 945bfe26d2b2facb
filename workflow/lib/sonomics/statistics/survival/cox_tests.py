"""Tests of Cox models: of the whole model, and of an interaction."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import chdtrc, ndtr

from sonomics.statistics.estimates import Estimate, SignificanceTest, normal_quantile, not_estimable
from sonomics.statistics.inputs import check_scores
from sonomics.statistics.survival.cox_model import CoxModel

NAN = float("nan")


class ModelTests(NamedTuple):
    """Log partial likelihoods without and with the covariates, and the three tests that they have no effect."""

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


def cox_model_tests(time: ArrayLike, event: ArrayLike, covariates: pd.DataFrame) -> ModelTests:
    """Compute the likelihood ratio, Wald and score tests of a Cox model (Efron's ties).

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    covariates : DataFrame, shape (n, p)
        Numeric, without NaN.

    Returns
    -------
    ModelTests
        NaN with a reason under the conditions of `cox.fit_cox`, a constant covariate among them.

    References
    ----------
    Cox DR, J R Stat Soc B 1972; Efron B, J Am Stat Assoc 1977.
    """
    model = CoxModel.estimate(time, event, covariates)
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
    """Test whether the hazard ratio of an exposure differs between two strata of a modifier.

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
        Compares the Cox model with both and their product with the model without the product. NaN with a reason where
        either cannot be fitted. Not causal unless the exposure was randomised.
    """
    design = pd.DataFrame(
        {"exposure": check_scores(exposure, np.size(event)), "modifier": check_scores(modifier, np.size(event))}
    )
    product = design.assign(product=design["exposure"] * design["modifier"])
    additive, full = (CoxModel.estimate(time, event, columns) for columns in (design, product))
    if reason := full.reason or additive.reason:
        return Interaction(not_estimable(reason), NAN, NAN, SignificanceTest(NAN, NAN, NAN, reason))
    beta, se = full.fit.beta[-1] / full.spread[-1], float(np.sqrt(full.fit.covariance[-1, -1])) / full.spread[-1]
    half = normal_quantile(level) * se
    ratio = Estimate(float(np.exp(beta)), float(np.exp(beta - half)), float(np.exp(beta + half)), se)
    z = float(beta / se)
    return Interaction(ratio, z, float(2 * ndtr(-abs(z))), _chi2(2 * (full.fit.fitted - additive.fit.fitted), 1))


def _chi2(statistic: float, df: int) -> SignificanceTest:
    return SignificanceTest(float(statistic), float(df), float(chdtrc(df, max(0.0, statistic))))
