"""Answers of servers changed at random: each has a fate, and none ends in a traceback or a wrong object."""

import pytest

from benchmarks.hostile_servers import attempt, mutate, mutate_list, mutate_objects


@pytest.mark.parametrize("judge", [mutate_list, mutate_objects])
@pytest.mark.parametrize("count", [3, pytest.param(40, marks=pytest.mark.ci)])
def test_every_answer_has_a_fate(judge, count):
    fates = [attempt(lambda seed=seed: judge(seed))[0] for seed in range(count)]
    assert not [fate for fate in fates if fate.split(" ")[0].isupper()], fates


def test_a_seed_makes_the_same_answer_again():
    assert mutate(b"x" * 500, 3) == mutate(b"x" * 500, 3)
