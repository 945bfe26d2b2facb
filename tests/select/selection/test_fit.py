"""A selection is fitted on training rows and applied to any."""

import numpy as np
import pandas as pd
import pytest

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.kinds.steps import STEPS as KINDS
from sonomics.select.selection.fit import apply_selection, choose_steps
from tests.select.features import STEPS, fit, step_of, table


def test_steps_keep_what_tells_and_say_how_many_they_dropped():
    rows, labels = table()
    state = fit(rows, labels, {}, STEPS, seed=1)
    assert {"t__first", "t__copy"} & set(state["kept"])
    assert "t__second" in state["kept"]
    assert not {"t__first", "t__copy"} <= set(state["kept"])
    steps = {step["step"]: step for step in state["steps"]}
    assert steps["defined"] == {"step": "defined", "in": 15, "out": 13, "note": ""}
    assert steps["icc"]["note"].startswith("not applied: no repeat outlines")
    assert [step["out"] for step in state["steps"]][-1] == len(state["kept"])


STEP_OF_EACH_KIND = [
    {"step": "combat", "by": "device"},
    {"step": "pca", "components": 8},
    {"step": "icc", "above": 0.75},
    {"step": "u_test", "below": 0.05},
    {"step": "t_test", "below": 0.05},
    {"step": "correlation", "above": 0.6},
    {"step": "mrmr", "count": 5},
    {"step": "lasso", "folds": 3, "rule": "1se"},
    {"step": "elastic_net", "folds": 3, "rule": "min", "mixing": 0.5},
    {"step": "recursive_elimination", "count": 5},
    {"step": "boruta", "rounds": 20},
]


@pytest.mark.parametrize("step", STEP_OF_EACH_KIND, ids=lambda step: step["step"])
def test_a_step_may_be_for_some_families_alone(step, params):
    binary = {name for name in KINDS.names() if "binary" in KINDS.get(name).serves}
    assert {one["step"] for one in STEP_OF_EACH_KIND} == binary
    steps = [step | {"families": ["deep"]}, {"step": "u_test", "below": 0.05}]
    typed = [step_of(stated) for stated in steps]
    assert choose_steps(typed, "deep") == typed
    assert choose_steps(typed, "texture") == typed[1:]
    params["select"]["steps"] = steps
    check_params(params)
    steps[0]["families"] = ["depth"]
    with pytest.raises(StudyError, match=r"depth is not in extract\.families"):
        check_params(params)


def test_apply_uses_the_numbers_of_the_training_rows():
    rows, labels = table()
    state = fit(rows, labels, {}, STEPS, seed=1)
    scaled = apply_selection(state, rows)
    assert np.allclose(scaled.mean(), 0)
    assert np.allclose(scaled.std(ddof=0), 1)
    name = state["kept"][0]
    other = rows.iloc[:2].copy()
    other.iloc[0, other.columns.get_loc(name)] = np.nan
    expected = (state["median"][name] - state["mean"][name]) / state["sd"][name]
    assert apply_selection(state, other)[name].iloc[0] == pytest.approx(expected)


def test_without_a_feature_left_nothing_is_kept_and_the_note_says_so():
    rows, labels = table()
    state = fit(rows[["t__constant", "t__undefined"]], labels, {}, STEPS, seed=1)
    assert state["kept"] == []
    assert state["steps"][-1]["note"] == "not applied: no feature is left"
    assert apply_selection(state, rows).shape == (40, 0)


def test_a_class_with_two_patients_is_not_estimable():
    rows, _ = table()
    labels = pd.Series([1.0, 1.0] + [0.0] * 38, index=rows.index)
    rows["t__first"] = labels + np.linspace(0, 0.01, 40)
    state = fit(rows, labels, {}, STEPS, seed=1)
    assert state["kept"] == []
    assert state["steps"][-1]["note"].startswith("not estimable")
