import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lifelines import KaplanMeierFitter

from sonomics.statistics.survival.kaplan_meier import kaplan_meier, kaplan_meier_risk, median_follow_up, survival_at
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


@given(FOLLOWED, st.integers(0, 9))
def test_null_risk_is_that_of_the_curve(rows, horizon):
    time, event, _ = rows
    at = survival_at(kaplan_meier(time, event), [horizon])["survival"].item()
    assert kaplan_meier_risk(time, event, horizon) == pytest.approx(1 - at, abs=1e-12, nan_ok=True)


def test_median_where_the_curve_is_flat_at_one_half_is_the_middle():
    # R takes the middle of 2 and 3; lifelines takes 2.
    assert kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1]).median.estimate == 2.5
    assert KaplanMeierFitter().fit([1, 2, 3, 4], [1, 1, 1, 1]).median_survival_time_ == 2


def test_median_follow_up_equals_r(oracle, cohort):
    got = median_follow_up(cohort["time_months"], cohort["event"])
    oracle.check("survival.median_followup_reverse_km", got.estimate)


def test_null_risk_is_one_minus_the_curve():
    assert kaplan_meier_risk([1, 2, 3, 4], [1, 0, 1, 0], 3) == pytest.approx(1 - 3 / 4 * 1 / 2)
    assert np.isnan(kaplan_meier_risk([1, 2], [1, 0], 5))
