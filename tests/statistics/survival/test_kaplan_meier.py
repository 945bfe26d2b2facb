import numpy as np
import pytest
from hypothesis import given

from sonomics.statistics.survival.kaplan_meier import (
    kaplan_meier,
    log_rank,
    median_follow_up,
    stratified_log_rank,
    survival_at,
)
from tests.statistics.followed import FOLLOWED


@pytest.mark.parametrize("name", ["all", "low", "high"])
def test_kaplan_meier_equals_r(oracle, cohort, name):
    rows = {"all": cohort, "low": cohort[cohort["high"] == 0], "high": cohort[cohort["high"] == 1]}[name]
    curve = kaplan_meier(rows["time_months"], rows["event"])
    at = survival_at(curve, [12, 24, 36])
    oracle.check(
        f"survival.km_{name}",
        {
            "surv": at["survival"],
            "se_greenwood": at["se"],
            "n_risk": at["at_risk"],
            "median": curve.median.estimate,
            "loglog": {
                "lower": at["lower"],
                "upper": at["upper"],
                "median_ci": [curve.median.lower, curve.median.upper],
            },
        },
    )


def test_median_that_is_not_reached(oracle):
    case = oracle["edge_cases.km_median_not_reached"]
    curve = kaplan_meier(case["time"], case["event"])
    got = {"surv_at_12": survival_at(curve, [12])["survival"].item(), "median": curve.median.estimate}
    oracle.check("edge_cases.km_median_not_reached", got)
    assert curve.median.reason == "median not reached"


def test_curve_by_hand():
    # Times 1, 2+, 3, 3+, 4: S = 4/5, then 4/5 x 2/3, then 0.
    curve = kaplan_meier([1, 2, 3, 3, 4], [1, 0, 1, 0, 1])
    assert curve.time.tolist() == [0, 1, 2, 3, 4]
    assert curve.survival == pytest.approx([1, 0.8, 0.8, 8 / 15, 0])
    assert curve.at_risk.tolist() == [5, 5, 4, 3, 1]
    assert curve.events.tolist() == [0, 1, 0, 1, 1]
    assert curve.censored.tolist() == [0, 0, 1, 1, 0]
    assert np.isnan(curve.lower[[0, -1]]).all()
    assert survival_at(curve, [9])["survival"].item() == 0
    assert survival_at(curve, [2.5, 9])["at_risk"].tolist() == [3, 0]


def test_survival_after_the_last_censoring_is_not_estimable():
    curve = kaplan_meier([1, 2, 5], [1, 0, 0])
    at = survival_at(curve, [5, 6])
    assert at["survival"][0] == pytest.approx(2 / 3)
    assert np.isnan(at["survival"][1])


@given(FOLLOWED)
def test_curve_never_rises_and_counts_everybody(rows):
    time, event, _ = rows
    curve = kaplan_meier(time, event)
    assert (np.diff(curve.survival) <= 1e-12).all()
    assert curve.events.sum() + curve.censored.sum() == len(time)
    assert curve.survival[0] == pytest.approx(1 - curve.events[0] / len(time))


@pytest.mark.parametrize(("key", "column"), [("logrank_high_low", "high"), ("logrank_stage", "stage")])
def test_log_rank_equals_r(oracle, cohort, key, column):
    got = log_rank(cohort["time_months"], cohort["event"], cohort[column])
    values = {"chi2": got.test.statistic, "df": got.test.df, "p": got.test.p}
    oracle.check(f"survival.{key}", values | {"obs": got.groups["observed"], "exp": got.groups["expected"]})


def test_log_rank_without_a_comparison():
    assert log_rank([1, 2, 3], [1, 1, 0], ["a", "a", "a"]).test.reason == "fewer than two groups"
    later = log_rank([1, 2, 3, 4], [0, 0, 1, 1], ["a", "a", "b", "b"])
    assert np.isnan(later.test.p)
    assert later.groups["observed"].tolist() == [0, 2]
    assert later.test.reason


def test_stratified_log_rank_equals_r(oracle, cohort):
    got = stratified_log_rank(cohort["time_months"], cohort["event"], cohort["high"], cohort["stage"])
    oracle.check("survival.logrank_high_low_stratified_by_stage", {"chi2": got.statistic, "p": got.p})


def test_one_stratum_is_the_plain_log_rank(cohort):
    data = (cohort["time_months"], cohort["event"], cohort["high"])
    assert stratified_log_rank(*data, np.zeros(len(cohort))) == pytest.approx((*log_rank(*data).test[:3], ""))
    assert stratified_log_rank([1, 2], [1, 1], ["a", "a"], [0, 1]).reason == "fewer than two groups"
    assert stratified_log_rank([1, 2], [1, 1], ["a", "b"], [0, 1]).reason


def test_median_follow_up_equals_r(oracle, cohort):
    got = median_follow_up(cohort["time_months"], cohort["event"])
    oracle.check("survival.median_followup_reverse_km", got.estimate)


@pytest.mark.parametrize(("time", "event"), [([-1, 2], [0, 1]), ([np.nan, 2], [0, 1]), ([], []), ([1, 2], [0, 2])])
def test_bad_follow_up_is_refused(time, event):
    with pytest.raises(ValueError, match=r"follow-up|NaN|outcome"):
        kaplan_meier(time, event)


def test_groups_that_never_meet_have_no_stratified_test():
    time, event = np.arange(1, 9), np.ones(8)
    got = stratified_log_rank(time, event, list("ababcdcd"), [0] * 4 + [1] * 4)
    assert np.isnan(got.p)
    assert got.reason == "some groups never share a stratum"
