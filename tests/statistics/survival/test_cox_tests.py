import numpy as np
import pandas as pd
import pytest

from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.cox_model import predict_risk
from sonomics.statistics.survival.cox_tests import cox_interaction, cox_model_tests


@pytest.fixture(scope="module")
def crossing():
    """A group that does worse early and better late, and a number that does nothing."""
    generator = np.random.default_rng(5)
    group = np.repeat([0.0, 1.0], 300)
    time = np.where(group == 0, generator.weibull(3, 600), generator.weibull(0.7, 600))
    return time, np.ones(600), pd.DataFrame({"group": group, "noise": generator.normal(size=600)})


def test_tests_of_one_covariate_agree_with_its_coefficient(crossing):
    time, event, covariates = crossing
    got = cox_model_tests(time, event, covariates[["group"]])
    assert got.wald.statistic == pytest.approx(fit_cox(time, event, covariates[["group"]])["z"].item() ** 2)
    assert got.likelihood_ratio.statistic == pytest.approx(2 * (got.fitted - got.null))
    assert (got.n, got.events, got.score.df) == (600, 600, 1)


@pytest.mark.parametrize(
    ("event", "x", "reason"),
    [
        ([0, 0, 0, 0], [1, 2, 3, 4], "no events"),
        ([1, 1, 0, 1], [1, 1, 1, 1], "a constant covariate"),
        ([1, 1, 1, 1], [4, 3, 2, 1], "an estimate runs to infinity"),
    ],
)
def test_what_cannot_be_fitted_says_so(event, x, reason):
    design = pd.DataFrame({"x": np.array(x, dtype=float)})
    got = cox_model_tests([1, 2, 3, 4], event, design)
    assert np.isnan(got.wald.p)
    assert got.reason == reason
    assert np.isnan(predict_risk([1, 2, 3, 4], event, design, design, 2)).all()


def test_the_interaction_is_the_ratio_of_the_hazard_ratios(oracle):
    rows = oracle.table("survival")
    high = (rows["risk_score"] > 0).astype(float)
    got = cox_interaction(rows["time_months"], rows["event"], high, rows["residual"])
    assert got.ratio.lower < got.ratio.estimate < got.ratio.upper
    assert got.wald_z == pytest.approx(np.log(got.ratio.estimate) / got.ratio.se)
    constant = cox_interaction(rows["time_months"], rows["event"], high, np.zeros(len(rows)))
    assert constant.ratio.reason == "a constant covariate"
