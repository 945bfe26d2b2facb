import numpy as np
import pytest

from sonomics.statistics.selection.boruta import select_by_boruta
from sonomics.statistics.selection.importance import (
    forest_importance_of_classes,
    forest_importance_of_survival,
    martingale_residuals,
)


def marked(columns, seed):
    """Importance that knows the first column by its values, and takes all others for equal."""
    return np.array([1.0 if (np.diff(column) == 1).all() else 0.5 for column in columns.T])


def test_the_rounds_by_hand():
    """The first column wins every round, the others none: 2 x 3 / 2^t is below 0.05 from t = 7 on."""
    table = np.stack([np.arange(50.0), np.zeros(50), np.ones(50)], axis=1)
    got = select_by_boruta(table, marked, seed=0)
    assert (got.confirmed, got.tentative, got.rejected) == ([0], [], [1, 2])
    assert got.hits.tolist() == [7, 0, 0]
    assert got.rounds.tolist() == [7, 7, 7]
    few = select_by_boruta(table, marked, seed=0, rounds=6)
    assert (few.confirmed, few.tentative, few.rejected) == ([], [0, 1, 2], [])


def test_the_informative_are_confirmed_for_each_outcome_and_noise_is_not():
    generator = np.random.default_rng(0)
    x = generator.normal(size=(100, 6))
    time = generator.exponential(np.exp(-2 * x[:, 1]))
    outcomes = [
        forest_importance_of_classes(x[:, 1] + 0.3 * generator.normal(size=100) > 0, trees=30),
        forest_importance_of_classes(np.digitize(x[:, 1], [-0.5, 0.5]), trees=30),
        forest_importance_of_survival(time, np.ones(100), trees=30),
    ]
    for importance in outcomes:
        got = select_by_boruta(x, importance, seed=1, rounds=20)
        assert got.confirmed == [1]
        assert sorted(got.confirmed + got.tentative + got.rejected) == list(range(6))
        again = select_by_boruta(x, importance, seed=1, rounds=20)
        assert all(np.array_equal(a, b) for a, b in zip(got, again, strict=True))


def test_martingale_residuals_by_hand():
    """Hazards 1/4, then 2/3 more for the two events at 2."""
    got = martingale_residuals([1, 2, 2, 3], [1, 1, 1, 0])
    assert got == pytest.approx([1 - 1 / 4, 1 - 11 / 12, 1 - 11 / 12, -11 / 12])
    assert got.sum() == pytest.approx(0)
    assert martingale_residuals([1, 2], [0, 0]).tolist() == [0, 0]


def test_constant_columns_are_never_confirmed():
    importance = forest_importance_of_classes(np.resize([0, 1], 40), trees=10)
    got = select_by_boruta(np.ones((40, 3)), importance, seed=0, rounds=10)
    assert got.confirmed == []


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="a round"):
        select_by_boruta(np.ones((3, 1)), marked, seed=0, rounds=0)
