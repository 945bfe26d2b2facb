import numpy as np
import pandas as pd
import pytest

from sonomics.statistics.survival.cox_model import predict_risk
from sonomics.statistics.survival.risk_model import (
    add_baseline_hazard,
    fit_risk_model,
    predict_log_hazard,
    predict_survival,
)


def followed(rows=60):
    generator = np.random.default_rng(0)
    x = generator.normal([50, 2], [10, 1], (rows, 2))
    time = np.ceil(10 * generator.exponential(size=rows) * np.exp(-0.05 * (x[:, 0] - 50)))
    return time, (generator.random(rows) < 0.7).astype(int), x


def test_it_predicts_what_the_cox_model_predicts():
    time, event, x = followed()
    model = fit_risk_model(time, event, x)
    for horizon in (0.5, 5.0, 12.0):
        expected = 1 - predict_risk(time, event, pd.DataFrame(x), pd.DataFrame(x), horizon)
        assert predict_survival(model, x, [horizon])[:, 0] == pytest.approx(expected, rel=1e-10)


def test_without_an_effect_the_baseline_is_nelson_and_aalens():
    time, event = [1.0, 2.0, 2.0, 3.0, 4.0], [1, 1, 1, 0, 1]
    model = add_baseline_hazard(time, event, np.arange(5.0)[:, None], [0.0])
    assert model.times.tolist() == [1, 2, 4]
    assert model.hazard == pytest.approx(np.cumsum([1 / 5, 2 / 4, 1 / 1]))
    survival = predict_survival(model, [[7.0]], [0.5, 1, 3, 4, 5])[0]
    assert survival[:4] == pytest.approx(np.exp([0, -0.2, -0.7, -1.7]))
    assert np.isnan(survival[4])


def test_two_patients_by_hand():
    """Hazard of the first is twice that of the second: 1 / (2 + 1), then 1 / 1."""
    model = add_baseline_hazard([1, 2], [1, 1], [[1.0], [0.0]], [np.log(2)])
    hazard_at_0 = model.hazard * np.exp(-model.centre[0] * np.log(2))
    assert hazard_at_0 == pytest.approx([1 / 3, 4 / 3])


def test_breslow_and_efron_agree_without_ties():
    time, event, x = followed()
    time = time + np.arange(60) / 1000
    efron = fit_risk_model(time, event, x)
    breslow = add_baseline_hazard(time, event, x, efron.coefficients)
    assert breslow.hazard == pytest.approx(efron.hazard, rel=1e-9)


def test_a_row_is_scored_by_itself_and_higher_is_worse():
    time, event, x = followed()
    model = fit_risk_model(time, event, x)
    together = predict_survival(model, x, [5, 10])
    assert (
        together.tobytes()
        == np.concatenate([predict_survival(model, x[i : i + 1], [5, 10]) for i in range(60)]).tobytes()
    )
    order = np.argsort(predict_log_hazard(model, x))
    assert (np.diff(together[order], axis=0) <= 0).all()
    assert (np.diff(together, axis=1) <= 0).all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"event": np.zeros(60)}, "no events"),
        ({"x": np.ones((60, 1))}, "constant"),
        ({"x": -(followed()[0][:, None] ** 3)}, "infinity"),
    ],
)
def test_no_fit_is_nan_with_a_reason(change, reason):
    time, event, x = followed()
    model = fit_risk_model(**({"time": time, "event": event, "x": x} | change))
    assert reason in model.reason or "maximum" in model.reason
    assert np.isnan(predict_survival(model, change.get("x", x), [5.0])).all()


def test_all_censored_leaves_a_baseline_of_zero():
    time, _, x = followed()
    model = add_baseline_hazard(time, np.zeros(60), x, [0.1, 0.1])
    assert predict_survival(model, x, [1.0]) == pytest.approx(np.ones((60, 1)))
