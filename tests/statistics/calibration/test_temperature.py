import numpy as np
import pytest

from sonomics.statistics.calibration.class_probabilities import class_log_loss
from sonomics.statistics.calibration.temperature import apply_temperature, fit_temperature

CLASSES = ["a", "b", "c"]


def test_one_prediction_by_hand():
    """Of four cases of (0.8, 0.2), three are right: 4^(1/T) = 3."""
    found = fit_temperature(["a", "a", "a", "b"], [[0.8, 0.2]] * 4, ["a", "b"])
    assert found.temperature == pytest.approx(np.log(4) / np.log(3))
    assert apply_temperature(found.temperature, [[0.8, 0.2]]) == pytest.approx(np.array([[0.75, 0.25]]))


def test_it_is_the_smallest_log_loss_and_undoes_overconfidence():
    generator = np.random.default_rng(0)
    sound = generator.dirichlet(np.ones(3), 400)
    y = np.array(CLASSES)[(sound.cumsum(axis=1) < generator.random((400, 1))).sum(axis=1).clip(max=2)]
    overconfident = apply_temperature(0.5, sound)
    found = fit_temperature(y, overconfident, CLASSES)
    assert found.temperature == pytest.approx(2, abs=0.4)
    losses = [
        class_log_loss(y, apply_temperature(found.temperature * step, overconfident), CLASSES)
        for step in (0.99, 1.0, 1.01)
    ]
    assert np.argmin(losses) == 1
    assert apply_temperature(1.0, sound) == pytest.approx(sound)


@pytest.mark.parametrize(
    ("y", "rows", "reason"),
    [
        ([], np.zeros((0, 3)), "no cases"),
        (["a"], [[0.0, 0.5, 0.5]], "probability 0"),
        (["a", "b"], [[0.6, 0.2, 0.2], [0.1, 0.8, 0.1]], "largest probability"),
        (["c", "c"], [[0.6, 0.2, 0.2], [0.1, 0.8, 0.1]], "no better"),
        (["a", "b"], np.full((2, 3), 1 / 3), "no better"),
    ],
)
def test_without_a_minimum_it_is_nan_with_a_reason(y, rows, reason):
    found = fit_temperature(y, rows, CLASSES)
    assert np.isnan(found.temperature)
    assert reason in found.reason
    assert np.isnan(apply_temperature(found.temperature, rows)).all()


def test_a_zero_stays_zero_and_a_row_is_scored_by_itself():
    rows = np.random.default_rng(0).dirichlet(np.ones(3), 30)
    rows[0] = [0.0, 0.4, 0.6]
    cooled = apply_temperature(2.0, rows)
    assert cooled[0, 0] == 0
    assert cooled.tobytes() == np.concatenate([apply_temperature(2.0, rows[i : i + 1]) for i in range(30)]).tobytes()
