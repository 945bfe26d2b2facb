"""The clinical model of a survival task."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.train.clinical_model.survival import apply, fit, predict, tabulate
from tests.statistics.regression.reading import read_nomogram
from tests.train.clinical_model.studies import SURVIVAL, draw_columns, draw_follow_up

HORIZONS = [12.0, 24.0]


@pytest.fixture
def followed():
    clinical = draw_columns()
    return clinical, draw_follow_up(clinical)


def test_hazard_ratios_equal_lifelines(followed):
    lifelines = pytest.importorskip("lifelines")
    clinical, outcomes = followed
    table = pd.DataFrame(fit(clinical, outcomes, 1.0, SURVIVAL)["hazard_ratios"]).set_index(["model", "variable"])
    design = clinical.assign(sex=(clinical["sex"] == "M").astype(float)).rename(columns={"sex": "sex=M"})
    for model, names in (("univariable", ["age"]), ("multivariable", list(design))):
        rows = design[names].assign(time=outcomes[:, 0], event=outcomes[:, 1])
        theirs = lifelines.CoxPHFitter().fit(rows, "time", "event").summary
        for name in names:
            ours = table.loc[(model, name)]
            assert ours["hazard_ratio"] == pytest.approx(theirs.loc[name, "exp(coef)"], rel=1e-4)
            assert ours["lower"] == pytest.approx(theirs.loc[name, "exp(coef) lower 95%"], rel=1e-4)
            assert ours["p"] == pytest.approx(theirs.loc[name, "p"], rel=1e-3)


@pytest.mark.realdata
def test_the_model_equals_r():
    oracle = Path(os.environ["SONOMICS_REALDATA"]).parent / "oracle-tasks"
    rows, expected = pd.read_csv(oracle / "followed.csv"), json.loads((oracle / "expected.json").read_text())
    of_train = rows["set"] == "train"
    columns = rows[["z01", "z02", "z11"]]
    outcomes = rows.loc[of_train, ["time", "event"]].to_numpy(dtype=float)
    state = fit(columns[of_train], outcomes, 1.0, SURVIVAL)
    of_r = expected["cox_model"]
    assert state["coefficients"] == pytest.approx(list(of_r["coef"].values()), rel=1e-6)
    _, probability = apply(state, columns[~of_train][:5], HORIZONS)
    assert 1 - probability[:, 0] == pytest.approx(of_r["survival_12_first5_test"], rel=1e-6)
    assert 1 - probability[:, 1] == pytest.approx(of_r["survival_24_first5_test"], rel=1e-6)
    table = pd.DataFrame(state["hazard_ratios"]).set_index(["model", "variable"])
    for name in columns:
        alone = expected["cox_univariable_train"][name]
        assert table.loc[("univariable", name), "hazard_ratio"] == pytest.approx(alone["hr"], rel=1e-6)
        half = 1.959963984540054 * of_r["se"][name]
        upper = np.exp(of_r["coef"][name] + half)
        assert table.loc[("multivariable", name), "upper"] == pytest.approx(upper, rel=1e-6)


def test_the_nomogram_gives_the_models_probabilities(followed):
    clinical, outcomes = followed
    state = fit(clinical, outcomes, 1.0, SURVIVAL)
    values = {"age": "70", "sex": "M", "noise": "0"}
    read = read_nomogram(tabulate(state, SURVIVAL), values, lambda p: np.log(-np.log1p(-p)))
    _, probability = apply(state, pd.DataFrame({"age": [70.0], "sex": ["M"], "noise": [0.0]}), HORIZONS)
    assert list(read) == ["Event by 12 months", "Event by 24 months"]
    assert list(read.values()) == pytest.approx(list(np.log(-np.log1p(-probability[0]))))


def test_only_what_tells_enters_and_a_higher_risk_is_an_earlier_event(followed):
    clinical, outcomes = followed[0].assign(one="x", constant=1.0), followed[1]
    state = fit(clinical, outcomes, 0.01, SURVIVAL)
    assert "age" in state["entered"]
    assert not {"noise", "one", "constant"} & set(state["entered"])
    assert "constant: no univariable maximum (a constant covariate)" in state["note"]
    risk, probability = apply(state, clinical, HORIZONS)
    assert (np.diff(probability[np.argsort(risk), 0]) >= 0).all()
    assert (probability[:, 1] > probability[:, 0]).all()
    old, young = clinical["age"] > 65, clinical["age"] < 55
    assert risk[old].mean() > risk[young].mean()


def test_when_nothing_enters_all_cases_have_one_hazard(followed):
    clinical, outcomes = followed
    state = fit(clinical, outcomes, 0.0, SURVIVAL)
    risk, probability = apply(state, clinical, HORIZONS)
    assert (risk == 0).all()
    assert np.unique(probability[:, 0]).size == 1
    assert 0 < probability[0, 0] < probability[0, 1] < 1
    assert "no variable has a univariable P < 0" in state["note"]
    assert tabulate(state, SURVIVAL).empty


def test_without_an_event_no_probability_is_known(followed):
    clinical, outcomes = followed
    state = fit(clinical, outcomes * [1, 0], 1.0, SURVIVAL)
    assert "no univariable maximum (no events)" in state["note"]
    risk, probability = apply(state, clinical, HORIZONS)
    assert (risk == 0).all()
    assert np.isnan(probability).all()
    assert tabulate(state, SURVIVAL).empty


def test_with_one_event_what_has_no_maximum_is_named_and_the_rest_is_stated(followed):
    clinical, outcomes = followed
    rows = outcomes.copy()
    rows[:, 1] = 0
    last = int(np.argmin(clinical["age"]))
    rows[last] = [1.0, 1.0]
    state = fit(clinical[["age"]], rows, 1.0, SURVIVAL)
    assert state["entered"] == []
    assert "age: no univariable maximum" in state["note"]
    _, probability = apply(state, clinical, HORIZONS)
    assert ((probability > 0) & (probability < 1)).all()


def test_a_horizon_beyond_the_follow_up_of_a_fold_is_unknown(followed):
    clinical, outcomes = followed
    early = outcomes[:, 0] <= 20
    state = fit(clinical[early], outcomes[early], 1.0, SURVIVAL)
    columns = predict(state, clinical, SURVIVAL)
    assert [(column.kind, column.horizon) for column in columns[1:]] == [("probability", 12), ("probability", 24)]
    assert not np.isnan(columns[1].values).any()
    assert np.isnan(columns[2].values).all()
    assert tabulate(state, SURVIVAL).query("kind == 'probability'")["axis"].unique().tolist() == ["Event by 12 months"]


def test_a_level_that_training_lacks_and_a_missing_value_count_as_usual_ones(followed):
    clinical, outcomes = followed
    state = fit(clinical, outcomes, 1.0, SURVIVAL)
    new = pd.DataFrame({"age": [np.nan], "sex": ["X"], "noise": [0.0]})
    usual = pd.DataFrame({"age": [clinical["age"].median()], "sex": ["F"], "noise": [0.0]})
    assert apply(state, new, HORIZONS)[0] == pytest.approx(apply(state, usual, HORIZONS)[0])
