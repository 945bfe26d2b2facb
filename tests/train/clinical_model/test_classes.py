"""The clinical model of several classes."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sonomics.core.settings.tasks import ClassesTask
from sonomics.train.clinical_model.classes import LEARNER, apply, fit, predict, tabulate
from tests.statistics.regression.reading import read_nomogram
from tests.train.clinical_model.studies import CLASSES, NOMINAL, ORDERED, draw_columns, draw_grades

BOTH = pytest.mark.parametrize("task", [NOMINAL, ORDERED], ids=["nominal", "ordered"])


@pytest.fixture
def grades():
    clinical = draw_columns()
    return clinical, draw_grades(clinical)


def test_odds_ratios_of_nominal_classes_equal_statsmodels(grades):
    from statsmodels.api import MNLogit, add_constant

    clinical, labels = grades
    state = fit(clinical, labels, 1.0, NOMINAL)
    table = pd.DataFrame(state["odds_ratios"]).set_index(["model", "variable", "class"])
    design = clinical.assign(sex=(clinical["sex"] == "M").astype(float)).rename(columns={"sex": "sex=M"})
    for model, names in (("univariable", ["age"]), ("multivariable", list(design))):
        theirs = MNLogit(labels, add_constant(design[names])).fit(disp=0)
        for place, word in enumerate(CLASSES[1:]):
            for name in names:
                ours, value = table.loc[(model, name, word)], theirs.params.loc[name, place]
                assert ours["odds_ratio"] == pytest.approx(np.exp(value), rel=1e-5)
                half = 1.959963984540054 * theirs.bse.loc[name, place]
                assert ours[["lower", "upper"]].tolist() == pytest.approx(
                    np.exp([value - half, value + half]), rel=1e-5
                )
                assert ours["p"] == pytest.approx(theirs.pvalues.loc[name, place], rel=1e-4)
        if model == "multivariable":
            assert apply(state, clinical) == pytest.approx(np.asarray(theirs.predict()), rel=1e-5)


def test_odds_ratios_of_ordered_classes_equal_statsmodels(grades):
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    clinical, labels = grades
    clinical = clinical.assign(age=(clinical["age"] - 60) / 10)
    state = fit(clinical, labels, 1.0, ORDERED)
    table = pd.DataFrame(state["odds_ratios"]).set_index(["model", "variable"])
    design = clinical.assign(sex=(clinical["sex"] == "M").astype(float)).rename(columns={"sex": "sex=M"})
    theirs = OrderedModel(labels.astype(int), design, distr="logit").fit(method="bfgs", disp=0)
    for name in design:
        assert table.loc[("multivariable", name), "odds_ratio"] == pytest.approx(np.exp(theirs.params[name]), rel=1e-3)
        assert table.loc[("multivariable", name), "p"] == pytest.approx(theirs.pvalues[name], abs=2e-3)
    assert "class" not in table
    assert apply(state, clinical) == pytest.approx(np.asarray(theirs.predict()), abs=1e-4)


@pytest.mark.realdata
def test_models_equal_r():
    oracle = Path(os.environ["SONOMICS_REALDATA"]).parent / "oracle-tasks"
    rows, expected = pd.read_csv(oracle / "classes.csv"), json.loads((oracle / "expected.json").read_text())
    columns = rows[["x01", "x02", "x03", "x04"]]
    words = ["cyst", "solid", "mixed"]
    nominal = ClassesTask.partial({"type": "classes", "column": "kind", "classes": words})
    state = fit(columns, rows["kind"].map(words.index).to_numpy(dtype=float), 1.0, nominal)
    of_r = expected["multinomial_logistic"]
    for place, word in enumerate(words[1:]):
        found = [state["intercepts"][place], *state["coefficients"][place]]
        assert found == pytest.approx([of_r["coef"][word][name] for name in ("(Intercept)", *columns)], rel=1e-5)
    ordered = ClassesTask.partial({"type": "classes", "column": "grade", "classes": [1, 2, 3, 4], "ordered": True})
    state = fit(columns, rows["grade"].to_numpy(dtype=float) - 1, 1.0, ordered)
    of_r = expected["ordinal_logistic"]
    assert state["coefficients"] == pytest.approx([of_r["coef"][name] for name in columns], rel=1e-5)
    assert state["thresholds"] == pytest.approx(list(of_r["thresholds"].values()), rel=1e-5)


@BOTH
def test_only_what_tells_enters(grades, task):
    clinical, labels = grades
    state = fit(clinical, labels, 0.05, task)
    assert "noise" not in state["entered"]
    assert "age" in state["entered"]
    probabilities = apply(state, clinical)
    assert probabilities.sum(axis=1) == pytest.approx(np.ones(len(clinical)))
    assert probabilities[labels == 2, 2].mean() > probabilities[labels == 0, 2].mean() + 0.2


@BOTH
def test_when_nothing_enters_every_case_gets_the_shares(grades, task):
    clinical, labels = grades
    state = fit(clinical, labels, 0.0, task)
    assert "no variable has a univariable P < 0" in state["note"]
    shares = np.bincount(labels.astype(int)) / len(labels)
    assert apply(state, clinical[:3]) == pytest.approx(np.tile(shares, (3, 1)))
    assert tabulate(state, task).empty


@BOTH
def test_a_constant_column_and_one_that_separates_the_classes_do_not_enter(grades, task):
    clinical, labels = grades
    state = fit(clinical.assign(constant=4.0, one="x", grade=labels), labels, 0.05, task)
    assert not {"constant", "one", "grade"} & set(state["entered"])
    assert "constant: no univariable maximum (a constant column)" in state["note"]
    assert "grade: no univariable maximum (the likelihood has no maximum" in state["note"]
    table = pd.DataFrame(state["odds_ratios"]).set_index("variable")
    assert table.loc[["constant", "grade"], ["odds_ratio", "lower", "upper", "p"]].isna().all(axis=None)


@BOTH
def test_columns_that_separate_the_classes_together_leave_the_shares(grades, task):
    labels = grades[1]
    noise = grades[0]["noise"] * 3
    state = fit(pd.DataFrame({"sum": labels + noise, "noise": noise}), labels, 1.0, task)
    assert state["entered"] == ["sum", "noise"]
    assert "the multivariable model has no maximum" in state["note"]
    shares = np.bincount(labels.astype(int)) / len(labels)
    assert apply(state, pd.DataFrame({"sum": [1.0], "noise": [0.0]}))[0] == pytest.approx(shares)
    assert tabulate(state, task).empty


@BOTH
def test_a_class_that_a_fold_lacks_is_named_and_keeps_half_a_case(grades, task):
    clinical, labels = grades
    here = labels != 1
    state = fit(clinical[here], labels[here], 1.0, task)
    assert "no training case of the class mid" in state["note"]
    assert state["entered"] == []
    probabilities = apply(state, clinical)
    assert probabilities[:, 1] == pytest.approx(np.full(len(clinical), 0.5 / (here.sum() + 1.5)))
    assert tabulate(state, task).empty


@BOTH
def test_a_level_that_training_lacks_and_a_missing_value_count_as_usual_ones(grades, task):
    clinical, labels = grades
    state = fit(clinical, labels, 1.0, task)
    new = pd.DataFrame({"age": [np.nan], "sex": ["X"], "noise": [0.0]})
    usual = pd.DataFrame({"age": [clinical["age"].median()], "sex": ["F"], "noise": [0.0]})
    assert apply(state, new) == pytest.approx(apply(state, usual))


@BOTH
def test_predictions_are_one_column_a_class(grades, task):
    clinical, labels = grades
    columns = predict(fit(clinical, labels, 1.0, task), clinical, task)
    assert [(column.class_name, column.kind) for column in columns] == [(word, "probability") for word in CLASSES]
    assert set(LEARNER.columns(task)) >= {"variable", "model", "odds_ratio", "lower", "upper", "p"}


def test_the_nomogram_of_ordered_classes_gives_the_models_probabilities(grades):
    clinical, labels = grades
    state = fit(clinical, labels, 1.0, ORDERED)
    values = {"age": "70", "sex": "M", "noise": "0"}
    read = read_nomogram(tabulate(state, ORDERED), values, lambda p: np.log(p / (1 - p)))
    low, _, high = apply(state, pd.DataFrame({"age": [70.0], "sex": ["M"], "noise": [0.0]}))[0]
    assert list(read) == ["At least mid", "At least high"]
    assert read["At least mid"] == pytest.approx(np.log((1 - low) / low))
    assert read["At least high"] == pytest.approx(np.log(high / (1 - high)))


def test_the_nomograms_of_nominal_classes_give_the_models_probabilities(grades):
    clinical, labels = grades
    state = fit(clinical, labels, 1.0, NOMINAL)
    values = {"age": "70", "sex": "M", "noise": "0"}
    table = tabulate(state, NOMINAL)
    odds = []
    for word in CLASSES[1:]:
        read = read_nomogram(table[table["class"] == word], values, np.log)
        assert list(read) == [f"Odds of {word} to low"]
        odds.append(np.exp(read[f"Odds of {word} to low"]))
    shown = np.array([1.0, *odds]) / (1 + sum(odds))
    assert shown == pytest.approx(apply(state, pd.DataFrame({"age": [70.0], "sex": ["M"], "noise": [0.0]}))[0])
