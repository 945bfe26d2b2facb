import numpy as np
import pytest
from hypothesis import assume, given
from lifelines.statistics import multivariate_logrank_test

from sonomics.statistics.survival.log_rank import log_rank, stratified_log_rank
from tests.statistics.followed import FOLLOWED


@pytest.mark.parametrize(("key", "column"), [("logrank_high_low", "high"), ("logrank_stage", "stage")])
def test_log_rank_equals_r(oracle, cohort, key, column):
    got = log_rank(cohort["time_months"], cohort["event"], cohort[column])
    values = {"chi2": got.test.statistic, "df": got.test.df, "p": got.test.p}
    oracle.check(f"survival.{key}", values | {"obs": got.groups["observed"], "exp": got.groups["expected"]})


@given(FOLLOWED)
def test_log_rank_equals_that_of_lifelines(rows):
    time, event, group = rows
    got = log_rank(time, event, group > 1).test
    assume(not got.reason)
    assert got.statistic == pytest.approx(multivariate_logrank_test(time, group > 1, event).test_statistic)


def test_a_group_that_leaves_before_the_first_event_takes_no_degree_of_freedom():
    time, event, group = [1, 1, 3, 4, 5, 6, 7, 8], [0, 0, 1, 1, 1, 0, 1, 1], list("ccaabbab")
    without = log_rank(time[2:], event[2:], group[2:]).test
    assert log_rank(time, event, group).test == pytest.approx(without)
    assert multivariate_logrank_test(time, group, event).p_value != pytest.approx(without.p)


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


def test_groups_that_never_meet_have_no_stratified_test():
    time, event = np.arange(1, 9), np.ones(8)
    got = stratified_log_rank(time, event, list("ababcdcd"), [0] * 4 + [1] * 4)
    assert np.isnan(got.p)
    assert got.reason == "some groups never share a stratum"
