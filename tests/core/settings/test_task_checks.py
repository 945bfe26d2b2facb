"""What the tasks of a study ask of its steps, models and decisions."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.core.settings.by_task import of_task
from sonomics.core.settings.tasks import BinaryTask

SMOKE = Path(__file__).parents[3] / "studies" / "smoke" / "params.yaml"
FOREST = {"kind": "forest", "families": ["texture"], "trees": 5}
GRADE = {"type": "classes", "column": "grade", "classes": [1, 2, 3]}


def params() -> dict[str, Any]:
    return yaml.safe_load(SMOKE.read_text())


def test_a_value_may_hold_for_all_tasks_for_a_kind_or_for_one_task():
    task = BinaryTask.partial({"type": "binary", "column": "grade", "positive": 1})
    assert of_task("youden", "grade", task) == "youden"
    assert of_task({"binary": "youden", "survival": "median"}, "grade", task) == "youden"
    assert of_task({"binary": "youden", "grade": "accuracy"}, "grade", task) == "accuracy"


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [("stack", "threshold", "accuracy"), ("stack", "calibration", "isotonic"), ("evaluate", "primary", "radiomics")],
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
        (("stack", "calibration", "temperature"), "stack.calibration", "temperature is for tasks of the kind classes"),
        (("stack", "calibration", {"classes": "dirichlet"}), "stack.calibration", "the task recurrence has no value"),
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


@pytest.mark.parametrize(
    ("final", "rule", "where"),
    [
        (
            {"of": ["machine"], "pool": "theta"},
            "theta needs probabilities, and machine of risky gives distances",
            "pool",
        ),
        ({"of": ["rf", "machine"], "weights": "auc"}, "weights: auc needs probabilities, and machine of", "weights"),
    ],
)
def test_distances_are_refused_where_probabilities_are_needed(final, rule, where):
    changed = params()
    changed["train"]["models"]["machine"] = {"kind": "svm", "families": ["texture"], "cost": 1.0}
    changed["stack"]["models"]["risky"] = final
    with pytest.raises(StudyError, match=rule) as stopped:
        check_params(changed)
    assert f"stack.models.risky.{where}" in stopped.value.where


def test_theta_is_for_tasks_of_two_classes():
    changed = params()
    changed["study"]["tasks"] = {"grade": GRADE}
    changed["select"]["steps"] = [{"step": "kruskal", "below": 0.05}]
    changed["train"]["models"] = {"graded": FOREST}
    changed["stack"] |= {"pool": "theta", "threshold": "largest", "models": {"graded": {"of": ["graded"]}}}
    changed["evaluate"]["primary"] = "graded"
    with pytest.raises(StudyError, match="theta is for tasks of the kind binary"):
        check_params(changed)


def test_a_radscore_needs_a_penalised_step_of_the_tasks_that_it_serves():
    changed = params()
    changed["study"]["tasks"]["grade"] = GRADE
    changed["train"]["models"] |= {"score": {"kind": "radscore", "families": ["texture"]}, "graded": FOREST}
    changed["stack"]["models"] |= {"score": {"of": ["score"]}, "graded": {"of": ["graded"]}}
    penalised = [{"step": "lasso", "folds": 3, "rule": "min"}]
    changed["select"]["steps"] = {"binary": penalised, "classes": [{"step": "kruskal", "below": 0.05}]}
    changed["stack"]["threshold"] = {"binary": "youden", "classes": "largest"}
    changed["evaluate"]["primary"] = {"binary": "score", "classes": "graded"}
    check_params(changed)
    changed["select"]["steps"]["binary"] = [{"step": "u_test", "below": 0.05}]
    with pytest.raises(StudyError, match="a radscore takes its coefficients"):
        check_params(changed)
