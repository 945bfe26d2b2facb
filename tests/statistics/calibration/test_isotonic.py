import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.statistics.calibration.isotonic import apply_isotonic_calibration, fit_isotonic_calibration


def test_violators_are_pooled_by_hand():
    state = fit_isotonic_calibration([0, 1, 0, 1, 1], [1, 2, 3, 4, 5])
    assert state == {"scores": [1, 2, 3, 4, 5], "probabilities": [0, 0.5, 0.5, 1, 1], "reason": ""}
    got = apply_isotonic_calibration(state, [0, 1, 1.5, 2.5, 3.5, 9, np.nan])
    np.testing.assert_allclose(got, [0, 0, 0.25, 0.5, 0.75, 1, np.nan])


def test_equal_scores_have_one_probability():
    state = fit_isotonic_calibration([0, 1, 1, 1], [1, 1, 1, 2])
    np.testing.assert_allclose(apply_isotonic_calibration(state, [1, 2]), [2 / 3, 1])


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(-5, 5)), min_size=2, max_size=40))
def test_it_equals_scikit_learn_and_keeps_the_prevalence(rows):
    from sklearn.isotonic import IsotonicRegression

    y, score = np.array([row[0] for row in rows], float), np.array([row[1] for row in rows], float)
    state = fit_isotonic_calibration(y, score)
    if state["reason"]:
        assert len(set(y)) < 2 or len(set(score)) < 2
        return
    fitted = apply_isotonic_calibration(state, score)
    assert fitted.mean() == pytest.approx(y.mean())
    expected = IsotonicRegression(out_of_bounds="clip").fit(score, y)
    grid = np.linspace(-6, 6, 25)
    np.testing.assert_allclose(apply_isotonic_calibration(state, grid), expected.predict(grid), atol=1e-9)


@pytest.mark.parametrize(("y", "score", "reason"), [([1, 1], [1, 2], "only one class"), ([0, 1], [3, 3], "constant")])
def test_what_is_not_estimable_has_a_reason(y, score, reason):
    state = fit_isotonic_calibration(y, score)
    assert reason in state["reason"]
    assert np.isnan(apply_isotonic_calibration(state, score)).all()
