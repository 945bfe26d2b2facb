import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.selection.importance import ridge_importance_of_classes, ridge_importance_of_survival
from sonomics.statistics.selection.recursive_elimination import rank_by_elimination


def test_four_features_by_hand():
    """Importance is the sum of a column, less that of its twin to the right while that is there."""
    table = np.array([[4.0, 3.0, 2.0, 1.0]])

    def importance(columns):
        return columns[0] - np.append(columns[0, 1:], 0.0) * 0.9

    # 4 - 2.7, 3 - 1.8, 2 - 0.9, 1: the last goes; 1.3, 1.2, 2: the second; 4 - 1.8, 2: the third
    assert rank_by_elimination(table, list("abcd"), importance) == [0, 2, 1, 3]
    assert rank_by_elimination(table, list("abcd"), importance, count=2) == [0, 2, 1, 3]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(1, 40), st.floats(0.05, 0.9))
def test_without_interplay_it_is_the_order_of_importance(values, count, share):
    names = [f"f{number:02}" for number in range(len(values))]
    table = np.array([values], dtype=float)
    got = rank_by_elimination(table, names, lambda columns: columns[0], count, share)
    assert got == sorted(range(len(values)), key=lambda column: (-values[column], names[column]))


def test_the_informative_stay_for_each_outcome():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(120, 8))
    time, kind = generator.exponential(np.exp(-x[:, 2] + x[:, 5])), x[:, [2, 5, 2]] * [1, 1, -1]
    names = list("abcdefgh")
    outcomes = [
        ridge_importance_of_classes(x[:, 2] - x[:, 5] + generator.logistic(size=120) > 0),
        ridge_importance_of_classes((kind + generator.gumbel(0, 0.3, (120, 3))).argmax(axis=1)),
        ridge_importance_of_survival(time, np.ones(120)),
    ]
    for importance in outcomes:
        ranked = rank_by_elimination(x, names, importance)
        assert set(ranked[:2]) == {2, 5}
        assert sorted(ranked) == list(range(8))


def test_a_constant_column_goes_first_and_no_column_is_no_rank():
    generator = np.random.default_rng(1)
    x = np.column_stack([np.ones(40), generator.normal(size=40)])
    importance = ridge_importance_of_survival(generator.exponential(size=40), np.ones(40))
    assert rank_by_elimination(x, ["a", "b"], importance) == [1, 0]
    assert rank_by_elimination(np.zeros((5, 0)), [], importance) == []
    with pytest.raises(ValueError, match="no events"):
        rank_by_elimination(x, ["a", "b"], ridge_importance_of_survival(np.ones(40), np.zeros(40)))


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="stay"):
        rank_by_elimination(np.ones((2, 2)), ["a", "b"], lambda columns: columns[0], count=0)
    with pytest.raises(ValueError, match="NaN"):
        rank_by_elimination(np.full((2, 2), np.nan), ["a", "b"], lambda columns: columns[0])
