import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sonomics.statistics.calibration.class_probabilities import (
    class_accuracy,
    class_brier,
    class_log_loss,
    ranked_probability_score,
)
from sonomics.statistics.calibration.probability_scores import brier, log_loss

CLASSES = ["a", "b", "c"]
ROWS = [[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.4, 0.4, 0.2]]
ALL = [class_log_loss, class_brier, ranked_probability_score, class_accuracy]


def test_three_cases_by_hand():
    y = ["a", "c", "b"]
    assert class_log_loss(y, ROWS, CLASSES) == pytest.approx(-np.log([0.5, 0.1, 0.4]).mean())
    assert class_brier(y, ROWS, CLASSES) == pytest.approx((0.38 + 1.46 + 0.56) / 3)
    # cumulative (0.5, 0.8) of (1, 1); (0.1, 0.9) of (0, 0); (0.4, 0.8) of (0, 1)
    assert ranked_probability_score(y, ROWS, CLASSES) == pytest.approx((0.29 + 0.82 + 0.2) / 3)
    assert class_accuracy(y, ROWS, CLASSES) == pytest.approx(1 / 3)
    assert class_accuracy(["a", "b", "a"], ROWS, CLASSES) == 1


@given(st.lists(st.tuples(st.floats(0.01, 0.99), st.booleans()), min_size=1, max_size=20))
def test_two_classes_are_the_binary_scores(rows):
    p, y = np.array([row[0] for row in rows]), np.array([row[1] for row in rows])
    table = np.column_stack([1 - p, p])
    assert class_log_loss(y, table, [False, True]) == pytest.approx(log_loss(y, p))
    assert class_brier(y, table, [False, True]) == pytest.approx(2 * brier(y, p))
    assert ranked_probability_score(y, table, [False, True]) == pytest.approx(brier(y, p))


def test_a_miss_by_two_grades_counts_more_than_by_one():
    near, far = [[0.1, 0.8, 0.1]], [[0.1, 0.1, 0.8]]
    assert ranked_probability_score(["a"], near, CLASSES) < ranked_probability_score(["a"], far, CLASSES)
    assert class_brier(["a"], near, CLASSES) == pytest.approx(class_brier(["a"], far, CLASSES))


def test_certainty_and_no_cases():
    assert class_log_loss(["a"], [[1, 0, 0]], CLASSES) == 0
    assert class_log_loss(["b"], [[1, 0, 0]], CLASSES) == np.inf
    assert class_brier(["b"], [[1, 0, 0]], CLASSES) == 2
    assert all(np.isnan(score([], np.zeros((0, 3)), CLASSES)) for score in ALL)


@pytest.mark.parametrize("score", ALL)
@pytest.mark.parametrize(
    ("y", "rows", "message"),
    [
        (["z"], [[1, 0, 0]], "not listed"),
        (["a"], [[0.5, 0.5]], "3 columns"),
        (["a"], [[1.2, -0.2, 0]], "outside"),
        (["a"], [[np.nan, 0.5, 0.5]], "NaN"),
        (["a"], [[0.5, 0.3, 0.1]], "add up"),
    ],
)
def test_what_is_no_probability_is_refused(score, y, rows, message):
    with pytest.raises(ValueError, match=message):
        score(y, rows, CLASSES)
