import numpy as np
import pandas as pd
import pytest

from sonomics.statistics.survival.cox import cox
from sonomics.statistics.survival.cox_tests import cox_interaction, model_tests, predicted_risk, proportional_hazards


@pytest.fixture(scope="module")
def crossing():
    """A group that does worse early and better late, and a number that does nothing."""
    generator = np.random.default_rng(5)
    group = np.repeat([0.0, 1.0], 300)
    time = np.where(group == 0, generator.weibull(3, 600), generator.weibull(0.7, 600))
    return time, np.ones(600), pd.DataFrame({"group": group, "noise": generator.normal(size=600)})


@pytest.mark.parametrize("transform", ["km", "rank", "identity"])
def test_crossing_hazards_are_found(crossing, transform):
    got = proportional_hazards(*crossing, transform)
    assert got.loc["group", "p"] < 1e-6
    assert got.loc["noise", "p"] > 0.01
    assert got.loc["GLOBAL", "df"] == 2


def test_one_event_time_says_nothing_of_a_trend():
    got = proportional_hazards([1, 1, 2, 2], [1, 1, 0, 0], pd.DataFrame({"x": [0.0, 1.0, 1.0, 0.0]}))
    assert np.isnan(got["p"]).all()
    assert got["reason"].str.len().gt(0).all()


def test_tests_of_one_covariate_agree_with_its_coefficient(crossing):
    time, event, covariates = crossing
    got = model_tests(time, event, covariates[["group"]])
    assert got.wald.statistic == pytest.approx(cox(time, event, covariates[["group"]])["z"].item() ** 2)
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
    got = model_tests([1, 2, 3, 4], event, design)
    assert np.isnan(got.wald.p)
    assert got.reason == reason
    assert np.isnan(predicted_risk([1, 2, 3, 4], event, design, design, 2)).all()


def test_the_interaction_is_the_ratio_of_the_hazard_ratios(oracle):
    rows = oracle.table("survival")
    high = (rows["risk_score"] > 0).astype(float)
    got = cox_interaction(rows["time_months"], rows["event"], high, rows["residual"])
    assert got.ratio.lower < got.ratio.estimate < got.ratio.upper
    assert got.wald_z == pytest.approx(np.log(got.ratio.estimate) / got.ratio.se)
    constant = cox_interaction(rows["time_months"], rows["event"], high, np.zeros(len(rows)))
    assert constant.ratio.reason == "a constant covariate"


def test_predicted_risk_without_a_covariates_effect_is_the_hazard():
    # Times 1..4, risk independent of x by symmetry: H(2) = 1/4 + 1/3.
    x = pd.DataFrame({"x": [1.0, -1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0]})
    time = [1, 1, 2, 2, 3, 3, 4, 4]
    got = predicted_risk(time, np.ones(8), x, x, 1)
    assert got[0] > 0
    assert ((got > 0) & (got < 1)).all()
    assert predicted_risk(time, np.ones(8), x, x, 0.5).tolist() == [0] * 8
    assert np.isnan(predicted_risk(time, np.ones(8), x, x, 5)).all()
