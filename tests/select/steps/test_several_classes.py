"""The selection of features for several classes."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.settings.tasks import ClassesTask
from tests.select.features import fit

TASK = ClassesTask.partial({"type": "classes", "column": "grade", "classes": ["low", "mid", "high"]})


def rows(n: int = 60, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    codes = np.arange(n) % 3.0
    index = pd.MultiIndex.from_tuples([(f"P{i}", f"P{i}", "") for i in range(n)], names=["patient", "case", "image"])
    first = codes + random.normal(0, 0.5, n)
    values = {"t__first": first, "t__copy": first + random.normal(0, 0.05, n), "t__middle": (codes == 1) + 0.0}
    values["t__middle"] += random.normal(0, 0.3, n)
    noise = {f"t__noise{number}": random.normal(size=n) for number in range(5)}
    return pd.DataFrame({**values, **noise}, index=index), pd.DataFrame({"label": codes}, index=index)


@pytest.mark.parametrize("test", ["kruskal", "anova"])
def test_a_test_between_the_classes_keeps_what_differs(test):
    features, outcomes = rows()
    state = fit(features, outcomes, {}, [{"step": test, "below": 0.001}], 1, TASK)
    assert set(state["kept"]) == {"t__first", "t__copy", "t__middle"}
    assert state["classes"] == {"low": 20, "mid": 20, "high": 20}


def test_the_multinomial_lasso_keeps_what_tells_and_writes_a_score_a_class():
    features, outcomes = rows()
    state = fit(features, outcomes, {}, [{"step": "lasso", "folds": 3, "rule": "1se"}], 1, TASK)
    assert {"t__middle"} < set(state["kept"])
    assert set(state["of_classes"]) == {"low", "mid", "high"}
    used = {name for model in state["of_classes"].values() for name in model["coefficients"]}
    assert used == set(state["kept"])
    assert state["coefficients"] == {}


def test_of_two_correlated_features_the_one_with_the_larger_p_goes():
    features, outcomes = rows()
    state = fit(features, outcomes, {}, [{"step": "correlation", "above": 0.9, "drop": "larger_p"}], 1, TASK)
    assert len({"t__first", "t__copy"} & set(state["kept"])) == 1
