"""The survival forest as a base model."""

import numpy as np

from sonomics.core.models import read_model, write_model
from sonomics.kinds.models.survival_forest import SurvivalForest
from sonomics.statistics.survival.concordance import harrell_c
from sonomics.train.attributions.explain import summarise_background
from sonomics.train.classifiers.risks import explain_risks, fit_risks, predict_risks
from tests.train.classifiers.test_cox import TASK, sample

SETTINGS = SurvivalForest.model_validate({"kind": "survival_forest", "families": ["t"], "trees": 40, "leaf": 8})


def test_it_ranks_new_rows_also_where_the_risk_is_not_linear():
    values, *_ = sample(160)
    random = np.random.default_rng(1)
    time = random.exponential(20 * np.exp(-3 * (np.abs(values[:, 0]) > 1)))
    outcomes = np.column_stack([time, np.ones(160)])
    state = fit_risks(SETTINGS, values[:100], outcomes[:100], np.array([f"P{n:03}" for n in range(100)]), seed=1)
    risk, early, late = (column.values for column in predict_risks(state, values[100:], TASK))
    assert harrell_c(*outcomes[100:].T, risk).estimate > 0.65
    assert ((early > 0) & (early <= late) & (late < 1)).all()


def test_it_is_the_same_after_it_was_written_and_read_and_the_same_bytes_twice(tmp_path):
    values, outcomes, groups = sample()
    for name in ("one", "two"):
        write_model(tmp_path / name, fit_risks(SETTINGS, values, outcomes, groups, seed=1))
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    read = read_model(tmp_path / "one")
    before = predict_risks(fit_risks(SETTINGS, values, outcomes, groups, seed=1), values, TASK)
    for one, two in zip(before, predict_risks(read, values, TASK), strict=True):
        np.testing.assert_array_equal(one.values, two.values)


def test_shares_sum_to_the_events_that_are_expected():
    values, outcomes, groups = sample()
    state = fit_risks(SETTINGS, values, outcomes, groups, seed=1)
    found = explain_risks(state, summarise_background(values, 1), values[:6], TASK, 1)["1"]
    risk = predict_risks(state, values[:6], TASK)[0].values
    np.testing.assert_allclose(found.base + found.shares.sum(axis=1), risk, atol=1e-6)
    assert np.abs(found.shares[:, 0]).mean() > np.abs(found.shares[:, 1:]).mean()
    assert found.scale == "expected events"


def test_no_feature_leaves_one_risk_for_all():
    values, outcomes, groups = sample()
    risk, first, _ = predict_risks(fit_risks(SETTINGS, values[:, :0], outcomes, groups, 1), values[:, :0], TASK)
    assert np.ptp(risk.values) == 0
    assert np.ptp(first.values) == 0
