import json

import numpy as np
import pytest

from sonomics.statistics.calibration.class_calibrators import apply_class_calibration, fit_class_calibration
from sonomics.statistics.calibration.class_probabilities import class_log_loss
from sonomics.statistics.calibration.temperature import apply_temperature

CLASSES = ["a", "b", "c"]


def drawn(rows=300, seed=0):
    generator = np.random.default_rng(seed)
    sound = generator.dirichlet(np.ones(3), rows)
    return sound, np.array(CLASSES)[(sound.cumsum(axis=1) < generator.random((rows, 1))).sum(axis=1).clip(max=2)]


def test_a_constant_prediction_goes_to_the_shares():
    """Without a penalty to speak of, the intercepts bring equal predictions to 2, 1 and 1 of 4."""
    state = fit_class_calibration(["a", "a", "b", "c"], np.full((4, 3), 1 / 3), CLASSES, penalty=1e-9)
    assert apply_class_calibration(state, [[1 / 3] * 3])[0] == pytest.approx([0.5, 0.25, 0.25], abs=1e-6)


@pytest.mark.parametrize("form", ["vector", "dirichlet"])
def test_it_undoes_a_distortion_and_leaves_what_is_sound(form):
    sound, y = drawn()
    distorted = apply_temperature(0.4, sound * [0.2, 1, 1] / (sound * [0.2, 1, 1]).sum(axis=1, keepdims=True))
    state = json.loads(json.dumps(fit_class_calibration(y, distorted, CLASSES, form)))
    mended = apply_class_calibration(state, distorted)
    assert class_log_loss(y, mended, CLASSES) < class_log_loss(y, sound, CLASSES) + 0.01
    assert mended.sum(axis=1) == pytest.approx(np.ones(300))
    assert class_log_loss(y, mended, CLASSES) < class_log_loss(y, distorted, CLASSES) - 0.1
    strong = fit_class_calibration(y, distorted, CLASSES, form, penalty=1e9)
    assert apply_class_calibration(strong, distorted) == pytest.approx(distorted, abs=1e-4)


def test_a_vector_is_diagonal_and_no_better_on_its_rows_than_a_matrix():
    sound, y = drawn(seed=2)
    states = {form: fit_class_calibration(y, sound, CLASSES, form, 1e-3) for form in ("vector", "dirichlet")}
    weights = np.array(states["vector"]["weights"])
    assert (weights == np.diag(np.diag(weights))).all()
    losses = {form: class_log_loss(y, apply_class_calibration(state, sound), CLASSES) for form, state in states.items()}
    assert losses["dirichlet"] <= losses["vector"] <= class_log_loss(y, sound, CLASSES) + 1e-9


@pytest.mark.parametrize("form", ["vector", "dirichlet"])
def test_separable_absent_lonely_and_missing_stay_finite(form):
    certain = np.eye(3)[[0, 1, 2, 0]]
    for y in (["a", "b", "c", "a"], ["a", "a", "a", "a"], ["a", "b", "b", "a"]):
        state = fit_class_calibration(y, certain, CLASSES, form)
        assert np.isfinite(apply_class_calibration(state, certain)).all()
    empty = fit_class_calibration([], np.zeros((0, 3)), CLASSES, form)
    assert empty["reason"] == "no cases"
    assert apply_class_calibration(empty, [[0.2, 0.3, 0.5]])[0] == pytest.approx([0.2, 0.3, 0.5])


def test_a_row_is_scored_by_itself():
    sound, y = drawn(40)
    state = fit_class_calibration(y, sound, CLASSES)
    alone = np.concatenate([apply_class_calibration(state, sound[i : i + 1]) for i in range(40)])
    assert apply_class_calibration(state, sound).tobytes() == alone.tobytes()
    assert np.isnan(apply_class_calibration(state, [[np.nan, 0.5, 0.5]])).all()
    with pytest.raises(ValueError, match="positive"):
        fit_class_calibration(y, sound, CLASSES, penalty=0)
