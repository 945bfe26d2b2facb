import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit, logit

from sonomics.statistics.calibration.calibrators import (
    apply_isotonic_calibration,
    apply_recalibration,
    fit_isotonic_calibration,
    fit_logistic_recalibration,
)


def test_two_groups_have_a_closed_form():
    # Smoothed targets 4/5 and 1/6: group 0 holds 3 negatives and 1 positive, group 1 holds 1 negative and 2 positives.
    state = fit_logistic_recalibration([0, 0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 1, 1, 1])
    low, high = (3 / 6 + 4 / 5) / 4, (1 / 6 + 8 / 5) / 3
    assert state["intercept"] == pytest.approx(logit(low), abs=1e-9)
    assert state["slope"] == pytest.approx(logit(high) - logit(low), abs=1e-9)
    assert apply_recalibration(state, [0, 1]) == pytest.approx([low, high], abs=1e-9)


def test_probabilities_are_recalibrated_on_their_log_odds(paired):
    rows = paired["all"]
    on_logit = fit_logistic_recalibration(rows["y"], rows["model_b"], scale="logit")
    by_hand = fit_logistic_recalibration(rows["y"], logit(rows["model_b"]))
    assert [on_logit["intercept"], on_logit["slope"]] == pytest.approx([by_hand["intercept"], by_hand["slope"]])
    got = apply_recalibration(on_logit, rows["model_b"])
    assert got == pytest.approx(expit(on_logit["intercept"] + on_logit["slope"] * logit(rows["model_b"])))
    # The slope of the oracle, 0.692, but for the smoothed targets.
    assert on_logit["slope"] == pytest.approx(0.692, abs=0.05)


def test_a_change_of_units_changes_no_probability():
    y, score = [0, 1, 0, 1, 1, 0], np.array([1.0, 2.0, 3.0, 4.0, 5.0, 2.5])
    one, other = fit_logistic_recalibration(y, score), fit_logistic_recalibration(y, 1e6 + 1e3 * score)
    assert apply_recalibration(one, score) == pytest.approx(apply_recalibration(other, 1e6 + 1e3 * score), abs=1e-6)


def test_separated_classes_stay_finite():
    state = fit_logistic_recalibration([0, 0, 1, 1], [-2, -1, 1, 2])
    probabilities = apply_recalibration(state, [-2, 0, 2])
    assert np.isfinite(list(probabilities)).all()
    assert probabilities[0] < 0.5 < probabilities[2]
    assert probabilities[1] == pytest.approx(0.5)


@pytest.mark.parametrize(("y", "score"), [([1, 1, 1], [1, 2, 3]), ([0, 1, 1], [0.1, 0.1, 0.1])])
def test_nothing_to_learn_is_named_and_survives_json(y, score):
    state = fit_logistic_recalibration(y, score)
    assert state["reason"]
    assert np.isnan(apply_recalibration(state, score)).all()
    stored = json.loads(json.dumps(state | {"intercept": None, "slope": None}))
    assert np.isnan(apply_recalibration(stored, score)).all()


def test_an_unknown_scale_is_refused():
    with pytest.raises(ValueError, match="scale"):
        fit_logistic_recalibration([0, 1], [0.2, 0.4], scale="probit")


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
