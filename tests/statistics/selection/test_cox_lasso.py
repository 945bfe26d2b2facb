import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sonomics.statistics.selection.cox_lasso import cox_lambda_path, cox_lasso_cv, cox_lasso_path
from sonomics.statistics.selection.lasso import NoPathError
from sonomics.statistics.survival.breslow import BreslowLoss
from sonomics.statistics.survival.cox import fit_cox


def followed(rows, columns, seed, ties=False):
    generator = np.random.default_rng(seed)
    x = generator.normal(size=(rows, columns)) + 0.6 * generator.normal(size=(rows, 1))
    time = 10 * generator.exponential(size=rows) * np.exp(-0.7 * x[:, 0]) + 0.5
    event = (generator.random(rows) < 0.7).astype(int)
    event[:8] = 1
    return x, np.ceil(time) if ties else time, event


def hand_loss(x, time, event, beta):
    """Negative log partial likelihood by its definition, per row."""
    linear = x @ beta
    terms = [linear[i] - np.log(np.exp(linear[time >= time[i]]).sum()) for i in np.flatnonzero(event)]
    return -sum(terms) / len(time)


def slopes_of(x, time, event, beta):
    linear = x @ beta
    total = np.zeros(x.shape[1])
    for i in np.flatnonzero(event):
        weight = np.exp(linear[time >= time[i]])
        total += x[i] - weight @ x[time >= time[i]] / weight.sum()
    return -total / len(time)


@settings(max_examples=15)
@given(st.integers(20, 50), st.integers(1, 30), st.integers(0, 500), st.booleans(), st.sampled_from([1.0, 0.5, 0.0]))
def test_every_solution_meets_the_optimality_conditions(rows, columns, seed, ties, mixing):
    x, time, event = followed(rows, columns, seed, ties)
    scaled = (x - x.mean(axis=0)) / x.std(axis=0)
    lambdas = cox_lambda_path(x, time, event, 30, max(mixing, 0.5))[:12]
    path = cox_lasso_path(x, time, event, lambdas, mixing, precision=1e-14)
    fitted = np.concatenate([[True], np.diff(path.explained) != 0])  # a path that has ended repeats its last solution
    assert fitted.sum() >= 8
    for penalty, coefficients in zip(lambdas[fitted], path.coefficients[fitted], strict=True):
        beta = coefficients * x.std(axis=0)
        slope = slopes_of(scaled, time, event, beta) + penalty * (1 - mixing) * beta
        moved = np.abs(slope + penalty * mixing * np.sign(beta))
        assert np.where(beta != 0, moved, np.maximum(np.abs(slope) - penalty * mixing, 0)).max() < 3e-6


def test_the_loss_is_the_one_of_the_definition():
    x, time, event = followed(30, 3, seed=4, ties=True)
    beta = np.array([0.5, -1.0, 0.2])
    loss = BreslowLoss(x, time, event.astype(bool))
    assert loss.value(loss.predict(beta)) == pytest.approx(hand_loss(x, time, event, beta), rel=1e-12)
    counts = np.unique(time[event == 1], return_counts=True)[1]
    assert loss.saturated == pytest.approx((counts * np.log(counts)).sum() / 30)


def test_three_patients_by_hand():
    """Events at 1 and 2: exp(b)/(exp(b) + 2) and 1/2, so that without a penalty the slope at 0 is known."""
    x, time, event = np.array([[1.0], [0.0], [0.0]]), np.array([1.0, 2.0, 3.0]), np.array([1, 1, 0])
    spread = np.sqrt(2) / 3
    assert cox_lambda_path(x, time, event, 5)[0] == pytest.approx((1 - 1 / 3) / 3 / spread)
    # exp(b) / (exp(b) + 2) - 1 = -3 penalty spread at the minimum
    share = 1 - 3 * 0.3 * spread
    got = cox_lasso_path(x, time, event, [0.3], precision=1e-14).coefficients[0, 0]
    assert got == pytest.approx(np.log(2 * share / (1 - share)), abs=1e-6)


def test_a_vanishing_penalty_gives_the_cox_model():
    x, time, event = followed(60, 3, seed=8)
    cox = fit_cox(time, event, pd.DataFrame(x))["beta"].to_numpy()
    path = cox_lasso_path(x, time, event, [1e-3, 1e-7], precision=1e-14)
    assert path.coefficients[-1] == pytest.approx(cox, abs=1e-5)


def test_cross_validation_scores_the_events_of_a_fold():
    x, time, event = followed(40, 4, seed=2, ties=True)
    folds = np.arange(40) % 4
    got = cox_lasso_cv(x, time, event, folds, lambdas=[0.2, 0.05], precision=1e-13)
    deviances, events = [], []
    for fold in range(4):
        train = folds != fold
        beta = cox_lasso_path(x[train], time[train], event[train], [0.2, 0.05], precision=1e-13).coefficients
        parts = [(x, time, event), (x[train], time[train], event[train])]
        saturated = [np.unique(part[1][part[2] == 1], return_counts=True)[1] for part in parts]
        full, left = (
            np.array([2 * hand_loss(*part, one) * len(part[1]) - 2 * (ties * np.log(ties)).sum() for one in beta])
            for part, ties in zip(parts, saturated, strict=True)
        )
        events.append(event[~train].sum())
        deviances.append((full - left) / events[-1])
    mean = np.average(deviances, axis=0, weights=events)
    assert got.deviance_mean == pytest.approx(mean, rel=1e-9)
    spread = np.average((np.array(deviances) - mean) ** 2, axis=0, weights=events)
    assert got.deviance_se == pytest.approx(np.sqrt(spread / 3), rel=1e-9)


def test_constant_twin_and_scaled_columns():
    x, time, event = followed(50, 3, seed=6)
    table = np.column_stack([x, np.full(50, 3.0), x[:, 0]])
    path = cox_lasso_path(table, time, event, [0.1, 0.02])
    assert (path.coefficients[:, 3] == 0).all()
    plain = cox_lasso_path(x, time, event, [0.1, 0.02])
    assert path.coefficients[:, 0] + path.coefficients[:, 4] == pytest.approx(plain.coefficients[:, 0], abs=1e-4)
    ridge = cox_lasso_path(table * [1, 10, 1, 1, 1], time, event, [0.1], mixing=0.0, precision=1e-13).coefficients[0]
    assert ridge[0] == pytest.approx(ridge[4], abs=1e-5)


def test_a_column_that_orders_all_times_stays_finite():
    time = np.arange(1.0, 31.0)
    x = np.column_stack([-time, np.tile([0.0, 1.0], 15)])
    got = cox_lasso_cv(x, time, np.ones(30), np.arange(30) % 5, n_lambda=30)
    assert np.isfinite(got.coefficients).all()
    assert np.isfinite(got.deviance_mean).all()


def test_everybody_at_one_time_leaves_no_path():
    x, time, event = followed(20, 2, seed=1)
    with pytest.raises(NoPathError):
        cox_lambda_path(x, np.full(20, 5.0), np.ones(20))
    assert (cox_lasso_path(x, np.full(20, 5.0), np.ones(20), [0.1]).coefficients == 0).all()
    with pytest.raises(NoPathError):
        cox_lambda_path(np.ones((20, 2)), time, event)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"event": np.zeros(30)}, "no events"),
        ({"event": np.full(30, 2)}, "only 0 and 1"),
        ({"time": np.full(30, -1.0)}, "not negative"),
        ({"x": np.full((30, 2), np.nan)}, "NaN or infinite"),
        ({"lambdas": [0.1, 0.2]}, "descending"),
        ({"mixing": 1.5}, r"in \[0, 1\]"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, message):
    x, time, event = followed(30, 2, seed=1)
    with pytest.raises(ValueError, match=message):
        cox_lasso_path(**({"x": x, "time": time, "event": event, "lambdas": [0.1]} | change))


def test_a_fold_without_an_event_is_refused():
    x, time, event = followed(30, 2, seed=1)
    folds = np.where(np.arange(30) < 15, 0, 1)
    with pytest.raises(ValueError, match="no event"):
        cox_lasso_cv(x, time, np.where(folds == 0, event, 0), folds)
