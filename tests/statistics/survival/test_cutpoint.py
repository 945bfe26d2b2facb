import numpy as np
import pytest
from scipy.special import ndtr

from sonomics.statistics.survival.cutpoint import (
    _bound_1992,
    _bound_1994,
    largest_log_rank,
    maximally_selected_log_rank,
)
from sonomics.statistics.survival.log_rank import log_rank


def test_noise_is_not_significant_more_often_than_it_should_be():
    generator = np.random.default_rng(11)
    p = []
    for _ in range(200):
        time, event = generator.exponential(size=60), generator.uniform(size=60) < 0.7
        p.append(maximally_selected_log_rank(time, event, generator.normal(size=60)).p_1994)
    assert np.mean(np.array(p) < 0.05) <= 0.08


def test_a_planted_cutpoint_is_found():
    generator = np.random.default_rng(12)
    score = generator.integers(0, 20, 300).astype(float)
    time = generator.exponential(np.where(score > 13, 0.2, 1.0))
    got = maximally_selected_log_rank(time, np.ones(300), score)
    assert got.cutpoint == 13
    assert got.p_1994 < 1e-10
    scanned = largest_log_rank(time, np.ones(300), score)
    assert scanned.cutpoint == 13
    assert scanned.chi2 == pytest.approx(log_rank(time, np.ones(300), score > 13).test.statistic)


@pytest.mark.parametrize(
    ("event", "score", "reason"),
    [([0, 0, 0, 0], [1, 2, 3, 4], "no events"), ([1, 1, 1, 1], [1, 1, 1, 1], "fewer than two cutpoints")],
)
def test_nothing_to_choose_from(event, score, reason):
    got = maximally_selected_log_rank([1, 2, 3, 4], event, score)
    assert np.isnan([got.cutpoint, got.p_1994]).all()
    assert got.reason == reason
    assert largest_log_rank([1, 2, 3, 4], event, score).reason


def test_a_small_statistic_has_p_one_and_no_bound_leaves_the_range():
    time, score = [16, 9, 1, 20, 3, 26, 3, 6, 16, 5, 8, 6, 2, 14, 8], [5, 5, 9, 0, 5, 9, 9, 0, 9, 9, 0, 9, 0, 9, 9]
    got = maximally_selected_log_rank(time, np.ones(15), score)
    assert got.statistic < 1
    assert got.p_1992 == 1
    assert 0 < got.p_1994 <= 1
    for largest in np.linspace(0.01, 12, 200):
        apart = 2 * ndtr(-largest)
        assert apart <= _bound_1994(largest, 100, np.arange(10, 91, 20)) <= 1
        assert 0 <= _bound_1992(largest, 0.1, 0.9) <= 1


def test_one_time_for_all_parts_nobody():
    got = maximally_selected_log_rank([5, 5, 5, 5], [1, 1, 1, 1], [1, 2, 3, 4])
    assert np.isnan(got.statistic)
    assert got.reason == "follow-up parts no case from another"
