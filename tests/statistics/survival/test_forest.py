"""The survival forest: a tree by hand, and one leaf against the estimates of all rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.survival.forest import find_split, fit_forest, nelson_aalen_at, predict_hazard
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, survival_at
from sonomics.statistics.survival.log_rank import log_rank

FOLLOW_UPS = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=6, max_size=40)


def test_a_tree_by_hand():
    """Rows 0 to 2 die at 1, 2 and 3; 3 to 5 later, the last being censored: the split between them is the largest."""
    time, event, x = [1.0, 2, 3, 8, 9, 10], [1, 1, 1, 1, 1, 0], np.array([[0.0], [1], [2], [4], [5], [6]])
    forest = fit_forest(time, event, x, [np.arange(6)], tried=1, least=3, seed=0)
    assert forest.times.tolist() == [1, 2, 3, 8, 9]
    assert (forest.feature[0], forest.threshold[0]) == (0, 3.0)
    got = predict_hazard(forest, [[3.0], [3.1]])
    assert got[0] == pytest.approx(np.cumsum([1 / 3, 1 / 2, 1, 0, 0]))
    assert got[1] == pytest.approx(np.cumsum([0, 0, 0, 1 / 3, 1 / 2]))


@given(FOLLOW_UPS, st.integers(0, 2**31))
def test_a_split_has_the_largest_log_rank_statistic(follow_up, seed):
    time, event = (np.array(column, dtype=float) for column in zip(*follow_up, strict=True))
    x = np.random.default_rng(seed).integers(0, 5, (len(time), 2)).astype(float)
    found = find_split(time, event == 1, x, np.arange(2), 2)
    statistics = [
        float(log_rank(time, event, (x[:, column] <= value).astype(int)).test.statistic)
        for column in range(2)
        for value in np.unique(x[:, column])[:-1]
        if 2 <= (x[:, column] <= value).sum() <= len(time) - 2 and event.any()
    ]
    largest = max((value for value in statistics if np.isfinite(value)), default=0.0)
    assert (found.statistic if found else 0.0) == pytest.approx(largest, abs=1e-8)


@given(FOLLOW_UPS)
def test_one_leaf_is_nelson_and_aalens_estimate_at_or_above_kaplan_and_meiers(follow_up):
    time, event = (np.array(column, dtype=float) for column in zip(*follow_up, strict=True))
    rows = np.arange(len(time))
    forest = fit_forest(time, event, np.zeros((len(time), 1)), [rows, rows], 1, 1, 0)
    got = predict_hazard(forest, [[0.0]])[0]
    assert len(forest.leaf) == 2
    assert got == pytest.approx(nelson_aalen_at(time, event == 1, forest.times))
    if event.any():
        survival = survival_at(kaplan_meier(time, event), forest.times)["survival"].to_numpy()
        assert (np.exp(-got) >= survival - 1e-12).all()
        at_risk = (time[:, None] >= forest.times).sum(axis=0)
        assert (np.exp(-got) - survival <= np.cumsum(1 / at_risk)).all()


def test_nobody_had_the_event_and_time_0_counts():
    rows = np.arange(4)
    none = fit_forest([1, 2, 3, 4], [0, 0, 0, 0], np.eye(4), [rows], 2, 1, 0)
    assert predict_hazard(none, np.eye(4)).shape == (4, 0)
    start = fit_forest([0, 0, 3, 4], [1, 1, 0, 0], np.zeros((4, 0)), [rows], 0, 1, 0)
    assert predict_hazard(start, np.zeros((2, 0))).tolist() == [[0.5], [0.5]]
