import numpy as np
import pytest

from sonomics.statistics.maxstat import largest_log_rank, maximally_selected
from sonomics.statistics.survival import log_rank


def test_noise_is_not_significant_more_often_than_it_should_be():
    generator = np.random.default_rng(11)
    p = []
    for _ in range(200):
        time, event = generator.exponential(size=60), generator.uniform(size=60) < 0.7
        p.append(maximally_selected(time, event, generator.normal(size=60)).p_1994)
    assert np.mean(np.array(p) < 0.05) <= 0.08


def test_a_planted_cutpoint_is_found():
    generator = np.random.default_rng(12)
    score = generator.integers(0, 20, 300).astype(float)
    time = generator.exponential(np.where(score > 13, 0.2, 1.0))
    got = maximally_selected(time, np.ones(300), score)
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
    got = maximally_selected([1, 2, 3, 4], event, score)
    assert np.isnan([got.cutpoint, got.p_1994]).all()
    assert got.reason == reason
    assert largest_log_rank([1, 2, 3, 4], event, score).reason
