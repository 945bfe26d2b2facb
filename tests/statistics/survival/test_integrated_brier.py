import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.survival.horizon import ipcw_brier
from sonomics.statistics.survival.integrated_brier import integrated_brier


def test_two_patients_by_hand():
    """Events at 1 and 3, survival predicted 0.5: 0.25 at every time; a certain and right prediction: 0."""
    time, event, grid = [1.0, 3.0], [1, 1], [0.5, 1.5, 2.5]
    assert integrated_brier(time, event, np.full((2, 3), 0.5), grid).estimate == pytest.approx(0.25)
    right = np.array([[1.0, 0, 0], [1, 1, 1]])
    assert integrated_brier(time, event, right, grid).estimate == 0
    # wrong for the first at 1.5 alone: scores 0, 1/2, 0, so that the area is 1/2 of two units of time
    assert integrated_brier(time, event, [[1, 1, 0], [1, 1, 1]], grid).estimate == pytest.approx(0.25)


@given(st.integers(0, 200))
def test_it_lies_among_the_scores_that_it_integrates(seed):
    generator = np.random.default_rng(seed)
    time, event = generator.exponential(10, 30) + 6, generator.integers(0, 2, 30)
    grid, survival = [1.0, 2.0, 5.0], np.sort(generator.random((30, 3)), axis=1)[:, ::-1]
    scores = [ipcw_brier(time, event, 1 - survival[:, k], grid[k]) for k in range(3)]
    got = integrated_brier(time, event, survival, grid).estimate
    assert min(scores) - 1e-12 <= got <= max(scores) + 1e-12


def test_what_is_not_estimable_and_what_is_refused():
    unknown = integrated_brier([1, 2], [1, 0], [[0.5, np.nan], [0.5, 0.5]], [0.5, 1.5])
    assert np.isnan(unknown.estimate)
    assert unknown.reason
    beyond = integrated_brier([1, 2], [0, 0], np.full((2, 2), 0.5), [0.5, 3.0])
    assert np.isnan(beyond.estimate)
    with pytest.raises(ValueError, match="ascending"):
        integrated_brier([1, 2], [1, 0], np.ones((2, 2)), [2.0, 1.0])
    with pytest.raises(ValueError, match="2 times"):
        integrated_brier([1, 2], [1, 0], np.ones((2, 3)), [1.0, 2.0])
