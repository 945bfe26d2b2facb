"""Measures of several classes."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from sonomics.evaluate.samples.models import Model, model_from
from sonomics.evaluate.several_classes.analysis import list_measures
from sonomics.evaluate.several_classes.cases import decide_classes

CLASSES = ["low", "mid", "high"]
LARGEST = Model("m", np.nan, "probability", "largest")


def test_measures_agree_with_a_reference():
    random = np.random.default_rng(0)
    codes, values = random.integers(3, size=50), random.dirichlet(np.ones(3), size=50)
    measures = {name: of(codes, values) for name, of in list_measures(CLASSES, True, LARGEST.decide).items()}
    decided = values.argmax(axis=1)
    assert np.isclose(measures["accuracy"], (decided == codes).mean())
    assert np.isclose(measures["macro_f1"], f1_score(codes, decided, average="macro"))
    assert np.isclose(measures["kappa"], cohen_kappa_score(codes, decided))
    assert np.isclose(measures["weighted_kappa"], cohen_kappa_score(codes, decided, weights="quadratic"))
    assert np.isclose(measures["linear_kappa"], cohen_kappa_score(codes, decided, weights="linear"))
    assert np.isclose(measures["within_one"], (np.abs(decided - codes) <= 1).mean())
    assert np.isclose(measures["mean_error"], np.abs(decided - codes).mean())
    assert np.isclose(measures["brier"], ((values - np.eye(3)[codes]) ** 2).sum(axis=1).mean())


def test_nominal_classes_have_no_measures_of_order():
    assert not {"weighted_kappa", "linear_kappa", "within_one", "mean_error", "ranked_probability"} & set(
        list_measures(CLASSES, False, LARGEST.decide)
    )


def test_a_certain_and_right_prediction_is_perfect():
    codes, values = np.array([0, 1, 2]), np.eye(3)
    measures = {name: of(codes, values) for name, of in list_measures(CLASSES, True, LARGEST.decide).items()}
    best = {
        "auc": 1,
        "accuracy": 1,
        "macro_f1": 1,
        "kappa": 1,
        "brier": 0,
        "weighted_kappa": 1,
        "linear_kappa": 1,
        "within_one": 1,
        "mean_error": 0,
        "ranked_probability": 0,
    }
    assert measures == pytest.approx(best)


def test_the_decision_is_the_class_of_the_largest_probability():
    cases = pd.DataFrame(
        {
            "label": [0.0, 2.0, np.nan],
            "m__probability__low": [0.5, 0.2, np.nan],
            "m__probability__mid": [0.5, 0.3, np.nan],
            "m__probability__high": [0.0, 0.5, np.nan],
        }
    )
    decided = decide_classes(cases, [LARGEST], CLASSES)
    assert decided["true"].tolist() == ["low", "high", ""]
    assert decided["m__decided"].tolist() == ["low", "high", ""]
    np.testing.assert_array_equal(decided["m__probability"], [0.5, 0.5, np.nan])


def test_a_frozen_cutoff_for_each_class_decides_in_the_cases_and_in_every_measure():
    frozen = {"rule": "youden", "on": "probability", "cutoff": None, "cutoffs": [0.5, 0.2, None], "reason": ""}
    model = model_from("m", frozen)
    values = np.array([[0.6, 0.35, 0.05], [0.2, 0.1, 0.7], [0.9, 0.1, 0.0]])
    assert model.decide(values).tolist() == [1, 1, 0]
    columns = {f"m__probability__{name}": values[:, place] for place, name in enumerate(CLASSES)}
    decided = decide_classes(pd.DataFrame({"label": [1.0, 1.0, 0.0], **columns}), [model], CLASSES)
    assert decided["m__decided"].tolist() == ["mid", "mid", "low"]
    assert list_measures(CLASSES, True, model.decide)["accuracy"](np.array([1, 1, 0]), values) == 1
