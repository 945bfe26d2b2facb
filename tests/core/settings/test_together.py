"""What a network of several tasks may state, and what a variant may change of it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.task_checks import tasks_of_model
from sonomics.kinds.models import MODELS
from sonomics.report.study.wording import describe_base_model

SMOKE = Path(__file__).parents[3] / "studies" / "smoke" / "params.yaml"
SHUFFLED = "study.variants.shuffled"


def params(
    together: dict[str, Any], tasks: list[str] | None = None, overlay: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Make the smoke study with a joint network, which the run with shuffled labels overlays."""
    stated: dict[str, Any] = yaml.safe_load(SMOKE.read_text())
    cnn = {key: value for key, value in stated["train"]["models"]["cnn"].items() if key != "tasks"}
    stated["train"]["models"]["joint"] = cnn | {"together": together} | ({"tasks": tasks} if tasks else {})
    stated["study"]["variants"]["shuffled"]["train"]["models"] |= {"joint": overlay} if overlay else {}
    return stated


def test_a_network_learns_all_its_tasks_together():
    stated = params({"weights": {"relapse": 0.5}})
    check_params(stated)
    parameters = Parameters.partial(stated)
    model = parameters.train.models["joint"]
    assert tasks_of_model(parameters.study.tasks, model) == ["recurrence", "relapse"]
    words = describe_base_model(parameters, "joint")
    assert words.endswith("one for recurrence (1) and relapse (0.5) (in brackets the weights of their losses)")
    assert MODELS.get("network").describe_for(parameters.train.models["cnn"], {}) in words


@pytest.mark.parametrize(
    ("together", "tasks", "where", "rule"),
    [
        ({"weights": {"grade": 1}}, None, "together.weights.grade", "grade is not a task of this network"),
        ({"weights": {"relapse": 1}}, ["recurrence"], "together.weights.relapse", "relapse is not a task of this"),
        ({"weights": {"relapse": 0}}, None, "together.weights.relapse", "0"),
        ({"weight": {}}, None, "together", "unknown key weight"),
        ({}, ["relapse"], "together", "relapse is the only task of this network, and together is for several"),
        ({}, ["recurrence", "grade"], "models.joint.tasks", "grade is not in study.tasks"),
    ],
)
def test_what_no_network_can_learn_together_is_refused_with_one_message(together, tasks, where, rule):
    with pytest.raises(StudyError) as stopped:
        check_params(params(together, tasks))
    assert where in stopped.value.where
    assert rule in stopped.value.rule
    assert stopped.value.fix


def test_a_task_may_not_have_the_name_of_the_folder():
    stated = params({})
    stated["study"]["tasks"]["joint"] = stated["study"]["tasks"].pop("relapse")
    stated["train"]["models"]["joint"].pop("tasks", None)
    with pytest.raises(StudyError, match="a task has the name joint"):
        check_params(stated)


@pytest.mark.parametrize("overlay", [{"together": None}, {"tasks": ["relapse", "recurrence"]}])
def test_a_variant_leaves_alone_what_is_learned_together(overlay):
    with pytest.raises(StudyError, match=r"the overlay changes which tasks joint learns together.*`joint: null`"):
        check_params(params({}, overlay=overlay))
    check_params(params({}, overlay={"together": {"weights": {"relapse": 2}}}))
