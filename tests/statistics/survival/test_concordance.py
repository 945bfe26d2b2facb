import numpy as np
import pytest
from hypothesis import given
from lifelines.utils import concordance_index

from sonomics.statistics.survival.censoring import Censoring
from sonomics.statistics.survival.concordance import compare_harrell_c, count_pairs, harrell_c, uno_c
from tests.statistics.followed import FOLLOWED


@pytest.mark.parametrize("part", ["all", "train", "test"])
def test_harrell_c_equals_r(oracle, cohort, part):
    rows = cohort if part == "all" else cohort[cohort["set"] == part]
    got = harrell_c(rows["time_months"], rows["event"], rows["risk_score"])
    oracle.check(f"survival.harrell_c.{part}", {"c": got.estimate, "se": got.se})


@given(FOLLOWED)
def test_harrell_c_is_the_share_of_comparable_pairs(rows):
    time, event, risk = rows
    pairs = [
        (risk[i] > risk[j]) + 0.5 * (risk[i] == risk[j])
        for i in range(len(time))
        for j in range(len(time))
        if event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j]))
    ]
    got = harrell_c(time, event, risk)
    assert got.estimate == pytest.approx(np.mean(pairs) if pairs else np.nan, nan_ok=True)
    assert bool(got.reason) == (not pairs)
    assert not pairs or got.estimate == pytest.approx(concordance_index(time, -risk, event))


def test_pairs_by_hand():
    # Events at 1 (risk 3), 2 (risk 1), 2 (risk 2); censored at 2 (risk 1).
    got = count_pairs([1, 2, 2, 2], [1, 1, 1, 0], [3, 1, 2, 1])
    assert got == (4, 0, 1, 1, 0)


def test_difference_of_a_risk_with_itself_has_no_variance(cohort):
    data = (cohort["time_months"], cohort["event"])
    got = compare_harrell_c(*data, cohort["risk_score"], cohort["risk_score"])
    assert got.difference == 0
    assert np.isnan(got.p)
    opposite = compare_harrell_c(*data, cohort["risk_score"], -cohort["risk_score"])
    assert opposite.difference == pytest.approx(2 * opposite.c_a - 1)
    assert opposite.p < 1e-10
    assert compare_harrell_c([1, 2], [0, 0], [1, 2], [2, 1]).reason == "no comparable pair"


def test_uno_without_censoring_is_harrell(cohort):
    events = np.ones(len(cohort))
    risk = cohort["risk_score"]
    got = uno_c(cohort["time_months"], events, risk, tau=1e6)
    assert got.estimate == pytest.approx(harrell_c(cohort["time_months"], events, risk).estimate)


def test_uno_before_the_first_event_is_not_estimable():
    assert uno_c([2, 3, 4], [1, 1, 0], [3, 2, 1], tau=2).reason == "no comparable pair"
    everybody_leaves = Censoring.estimate([1, 1], [0, 0])
    assert uno_c([2, 3], [1, 1], [2, 1], 9, everybody_leaves).reason == "nobody stays uncensored to an event"
