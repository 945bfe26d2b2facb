import numpy as np
import pytest
from scipy.stats import fisher_exact as scipy_fisher_exact

from sonomics.statistics.comparison import fisher as exact
from sonomics.statistics.comparison.group_tests import (
    fisher,
)


@pytest.mark.parametrize("table", [[[3, 1], [1, 3]], [[8, 2], [1, 5]], [[0, 6], [9, 2]], [[20, 5], [11, 30]]])
def test_two_by_two_is_that_of_scipy(table):
    assert fisher(table).p == pytest.approx(scipy_fisher_exact(table).pvalue, rel=1e-9)


def test_a_table_and_its_transpose_agree():
    table = np.array([[3, 0], [1, 4], [2, 2]])
    assert fisher(table).p == pytest.approx(fisher(table.T).p, rel=1e-12)


def test_too_many_tables_are_sampled_with_a_seed_and_say_so(monkeypatch):
    table = np.array([[6, 1], [2, 7], [3, 3]])
    exactly = fisher(table).p
    monkeypatch.setattr(exact, "_MOST_TABLES", 10)
    monkeypatch.setattr(exact, "_RESAMPLES", 499)
    sampled = fisher(table, seed=1)
    assert sampled.test == "Fisher Monte Carlo"
    assert sampled == fisher(table, seed=1)
    assert sampled.p == pytest.approx(exactly, abs=0.06)
    assert fisher([[1, 5, 2], [4, 1, 3], [2, 2, 6]], seed=1).test == "Fisher Monte Carlo"
