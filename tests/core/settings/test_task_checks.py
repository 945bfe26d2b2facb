"""What the tasks of a study ask of its steps, models and decisions."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.core.settings.by_task import of_task
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.task_checks import tasks_of_final, tasks_of_model
from sonomics.core.settings.tasks import BinaryTask
from tests.conftest import keep_binary

SMOKE = Path(__file__).parents[3] / "studies" / "smoke" / "params.yaml"
FOREST = {"kind": "forest", "families": ["texture"], "trees": 5}
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
    changed["train"]["models"]["score"] = {"kind": "radscore", "families": ["texture"], "tasks": tasks}
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


def with_grade(ordered: bool, tasks: list[str] | None) -> dict[str, Any]:
    changed = params()
    changed["study"]["tasks"]["grade"] = {**GRADE, "ordered": ordered}
    changed["train"]["models"]["steps_of_grade"] = {
        "kind": "ordinal",
        "families": [next(iter(changed["extract"]["families"]))],
        "cost": 1.0,
        **({"tasks": tasks} if tasks else {}),
    }
    return changed


@pytest.mark.parametrize("tasks", [["grade"], None])
def test_an_ordinal_model_refuses_an_unordered_task_by_name(tasks):
    rule = "those of grade are not ordered" if tasks else "the kind ordinal serves none of the tasks"
    with pytest.raises(StudyError, match=rule) as stopped:
        check_params(with_grade(False, tasks))
    assert "steps_of_grade" in stopped.value.where
    # What else the task lacks is said later: the model itself is accepted.
    with pytest.raises(StudyError) as later:
        check_params(with_grade(True, tasks))
    assert "steps_of_grade" not in later.value.where


PFS = {"time": "pfs_months", "event": "progressed", "origin": "surgery", "horizons": [12, 24]}


def test_scores_may_be_judged_by_an_outcome_that_no_model_learns():
    changed = params()
    changed["evaluate"]["outcomes"] = {"pfs": PFS}
    changed["evaluate"]["follow_up"] = {"pfs": ["recurrence"]}
    check_params(changed)


@pytest.mark.parametrize(
    ("outcomes", "follow_up", "where", "rule"),
    [
        ({"recurrence": PFS}, {}, "evaluate.outcomes.recurrence", "recurrence is a task too"),
        ({"pfs": {**PFS, "time": "centre"}}, {}, "evaluate.outcomes.pfs", "centre is not a follow-up"),
        ({"pfs": {**PFS, "event": "sim_event"}}, {}, "evaluate.outcomes.pfs", "sim_event is not a follow-up"),
        ({"pfs": {**PFS, "event": "pfs_months"}}, {}, "evaluate.outcomes.pfs", "must be three columns"),
        ({}, {"pfs": ["recurrence"]}, "evaluate.follow_up.pfs", "neither a survival task nor in evaluate.outcomes"),
        ({}, {"recurrence": ["recurrence"]}, "evaluate.follow_up.recurrence", "neither a survival task nor"),
        ({"pfs": PFS}, {"pfs": ["grade"]}, "evaluate.follow_up.pfs", r"grade is not a binary task \(recurrence\)"),
        ({"pfs": PFS}, {"pfs": []}, "evaluate.follow_up.pfs", "a list of names"),
    ],
)
def test_an_outcome_or_its_task_that_cannot_be_is_refused(outcomes, follow_up, where, rule):
    changed = params()
    changed["evaluate"] |= {"outcomes": outcomes, "follow_up": follow_up}
    with pytest.raises(StudyError, match=rule) as stopped:
        check_params(changed)
    assert where in stopped.value.where


def test_the_columns_of_an_outcome_are_no_clinical_variables():
    changed = params()
    changed["evaluate"]["outcomes"] = {"pfs": PFS}
    changed["study"]["clinical"] = [*changed["study"]["clinical"], "progressed"]
    with pytest.raises(StudyError, match="progressed is a label or outcome"):
        check_params(changed)


def test_a_model_is_trained_for_the_tasks_it_names_or_all_it_serves_in_the_order_of_params():
    stated = {
        "study": {
            "tasks": {
                "zeta": {"type": "binary", "column": "z", "positive": 1},
                "grade": GRADE,
                "alpha": {"type": "binary", "column": "a", "positive": 1},
            }
        },
        "train": {
            "models": {
                "all": {"kind": "forest", "families": ["texture"]},
                "boosted": {"kind": "boosting", "families": ["texture"]},
                "one": {"kind": "forest", "families": ["texture"], "tasks": ["alpha", "grade"]},
            }
        },
    }
    parameters = Parameters.partial(stated)
    tasks, models = parameters.study.tasks, parameters.train.models
    assert tasks_of_model(tasks, models["all"]) == ["zeta", "grade", "alpha"]
    assert tasks_of_model(tasks, models["one"]) == ["grade", "alpha"]
    assert "alpha" in tasks_of_final(tasks, parameters.train, ["boosted", "one"])
    assert "zeta" not in tasks_of_final(tasks, parameters.train, ["all", "one"])


@pytest.mark.parametrize("key", ["positive", "cutoff"])
def test_an_import_of_classes_has_no_positive_end_and_no_cutoff(key):
    changed = params()
    changed["study"]["tasks"] = {"grade": GRADE}
    changed["study"]["variants"] = {"main": {}}
    changed["select"]["steps"] = [{"step": "kruskal", "below": 0.5}]
    changed["train"]["models"] = {"rf": changed["train"]["models"]["rf"]}
    changed["stack"] |= {"models": {"stacked": {"of": ["rf"]}}, "threshold": "largest"}
    changed["evaluate"] |= {"primary": "stacked"}
    check_params(changed)
    stated = {"file": "p.csv", "sha256": "0" * 64, key: "low" if key == "positive" else 0.5}
    changed["evaluate"]["external_models"] = {"theirs": stated}
    with pytest.raises(StudyError, match="several classes, which has no positive end and no cutoff") as stopped:
        check_params(changed)
    assert f"theirs.{key}" in stopped.value.where


@pytest.mark.parametrize(
    ("kind", "measure", "rule"),
    [
        ("logistic", "c_index", "c_index does not measure the binary task recurrence"),
        ("svm", "log_loss", "gives no probabilities"),
    ],
)
def test_a_search_is_measured_by_what_fits_the_task_and_the_model(kind, measure, rule):
    changed = params()
    name, model = next((name, model) for name, model in changed["train"]["models"].items() if "families" in model)
    search = {"method": "tpe", "trials": 3, "folds": 2, "space": {"cost": [0.1, 1]}, "measure": measure}
    families = model["families"]
    changed["train"]["models"][name] = {"kind": kind, "families": families, "cost": 1, "search": search}
    with pytest.raises(StudyError, match=rule):
        check_params(changed)
    search["measure"] = "auc"
    check_params(changed)
