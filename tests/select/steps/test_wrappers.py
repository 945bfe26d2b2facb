"""Recursive elimination and Boruta, for every kind of task, and mRMR beyond two classes."""

import numpy as np
import pandas as pd
import pytest

from sonomics.kinds.tasks import TASKS
from tests.select.features import BINARY, as_outcomes, fit, table
from tests.select.steps import test_follow_up as follow_up
from tests.select.steps import test_several_classes as several

BORUTA = {"step": "boruta", "rounds": 25, "trees": 25}
ELIMINATION = {"step": "recursive_elimination", "count": 2}
STEPS = [BORUTA, ELIMINATION, {"step": "mrmr", "count": 2}]
# What tells, of which a step that knows of redundancy needs only one of two.
DATA = {
    "binary": (table(60), BINARY, {"t__first", "t__copy", "t__second"}),
    "classes": (several.rows(), several.TASK, {"t__first", "t__copy", "t__middle"}),
    "survival": (follow_up.rows(), follow_up.TASK, {"t__signal", "t__copy"}),
}


def test_every_kind_of_task_is_tried():
    assert set(DATA) == set(TASKS.names())


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["step"])
def test_what_tells_is_kept_and_the_same_twice(step, kind):
    (rows, outcomes), task, telling = DATA[kind]
    state = fit(rows, outcomes, {}, [step], 1, task)
    assert telling & set(state["kept"])
    if step is BORUTA:
        assert set(state["kept"]) <= telling
        assert "confirmed" in state["steps"][-1]["note"]
    else:
        assert len(state["kept"]) == 2
    assert fit(rows, outcomes, {}, [step], 1, task)["kept"] == state["kept"]


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("step", STEPS[1:], ids=lambda step: step["step"])
def test_the_order_of_the_features_changes_no_choice_of_elimination_and_mrmr(step, kind):
    (rows, outcomes), task, _ = DATA[kind]
    turned = fit(rows[rows.columns[::-1]], outcomes, {}, [step], 1, task)["kept"]
    assert set(turned) == set(fit(rows, outcomes, {}, [step], 1, task)["kept"])


@pytest.mark.parametrize("kind", DATA)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step["step"])
def test_outcomes_that_teach_nothing_keep_nothing_and_say_why(step, kind):
    (rows, outcomes), task, _ = DATA[kind]
    nothing = as_outcomes(outcomes).assign(**({"event": 0.0} if kind == "survival" else {"label": 1.0}))
    state = fit(rows, nothing, {}, [step, step], 1, task)
    assert state["kept"] == []
    why, then = (count["note"] for count in state["steps"][1:])
    assert why.startswith("not estimable")
    assert then == "not applied: no feature is left"


def test_elimination_keeps_all_when_there_are_fewer_than_asked_for():
    rows, labels = table()
    state = fit(rows, labels, {}, [{"step": "recursive_elimination", "count": 99}], 1)
    assert len(state["kept"]) == state["steps"][0]["out"]


def test_elimination_finds_a_pair_that_single_tests_miss():
    """Of a suppressor pair each feature alone says little; their difference says all."""
    random = np.random.default_rng(0)
    rows, labels = table(80)
    shared = random.normal(0, 3, 80)
    pair = pd.DataFrame({"t__one": shared + labels, "t__other": shared + random.normal(0, 0.1, 80)}, index=rows.index)
    features = pd.concat([pair, rows.filter(like="noise")], axis=1)
    assert set(fit(features, labels, {}, [ELIMINATION], 1)["kept"]) == {"t__one", "t__other"}


def test_boruta_keeps_tentative_features_where_asked_to():
    (rows, labels), few = table(), {**BORUTA, "rounds": 3}
    assert fit(rows, labels, {}, [few], 1)["kept"] == []
    assert len(fit(rows, labels, {}, [{**few, "tentative": "keep"}], 1)["kept"]) == 13
