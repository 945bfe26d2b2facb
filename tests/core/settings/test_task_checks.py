"""What the tasks of a study ask of its steps, models and decisions."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.core.settings.by_task import of_task
from sonomics.core.settings.tasks import BinaryTask
from tests.conftest import keep_binary

SMOKE = Path(__file__).parents[3] / "studies" / "smoke" / "params.yaml"
GRADE = {"type": "classes", "column": "grade", "classes": [1, 2, 3]}


def params() -> dict[str, Any]:
    return keep_binary(yaml.safe_load(SMOKE.read_text()))


def test_a_value_may_hold_for_all_tasks_for_a_kind_or_for_one_task():
    task = BinaryTask.partial({"type": "binary", "column": "grade", "positive": 1})
    assert of_task("youden", "grade", task) == "youden"
    assert of_task({"binary": "youden", "survival": "median"}, "grade", task) == "youden"
    assert of_task({"binary": "youden", "grade": "accuracy"}, "grade", task) == "accuracy"


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("stack", "threshold", "accuracy"), ("evaluate", "primary", "radiomics")],
)
def test_one_value_or_a_map_by_task_or_kind_is_accepted(section, key, value):
    for stated in (value, {"binary": value}, {"recurrence": value}):
        changed = params()
        changed[section][key] = stated
        check_params(changed)


def test_a_map_of_steps_is_accepted():
    changed = params()
    changed["select"]["steps"] = {"binary": changed["select"]["steps"]}
    check_params(changed)


@pytest.mark.parametrize(
    ("change", "where", "rule"),
    [
        (("stack", "threshold", {"ordinal": "youden"}), "stack.threshold", "ordinal is neither a task nor a kind"),
        (("stack", "threshold", {"classes": "youden"}), "stack.threshold", "the task recurrence has no value"),
        (("evaluate", "primary", {"binary": "best"}), "evaluate.primary", "best is not in stack.models"),
    ],
)
def test_a_map_that_fits_no_task_is_refused(change, where, rule):
    section, key, value = change
    changed = params()
    changed[section][key] = value
    with pytest.raises(StudyError, match=rule) as stopped:
        check_params(changed)
    assert where in stopped.value.where


@pytest.mark.parametrize(
    ("tasks", "rule"),
    [(["grade"], "cannot learn the classes task grade"), (["cancer"], r"cancer is not in study.tasks")],
)
def test_a_model_names_tasks_that_it_can_learn(tasks, rule):
    changed = params()
    changed["study"]["tasks"]["grade"] = GRADE
    changed["train"]["models"]["cnn"]["tasks"] = tasks
    with pytest.raises(StudyError, match=rule):
        check_params(changed)


def test_every_task_needs_steps_that_look_at_its_outcomes():
    changed = params()
    changed["study"]["tasks"] = {"grade": GRADE}
    changed["train"]["models"] = {"rf": changed["train"]["models"]["rf"]}
    changed["stack"]["models"] = {"stacked": {"of": ["rf"]}}
    changed["study"]["variants"] = {"main": {}}
    with pytest.raises(StudyError):
        check_params(changed)
