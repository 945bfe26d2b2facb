"""Sections are closed, filled and cut."""

import json
import subprocess
import sys

import pytest
import yaml
from pydantic import ValidationError

from sonomics.core.jobs import job_parser
from sonomics.core.params import fill, pick
from sonomics.core.settings.clean import Clean
from sonomics.core.settings.crop import Crop
from sonomics.core.settings.evaluate import Evaluate
from sonomics.core.settings.parameters import Parameters, whole
from sonomics.core.settings.study import Study
from tests.conftest import ROOT

STUDIES = [ROOT, *sorted(path.parent for path in (ROOT / "studies").glob("*/params.yaml"))]


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.name)
def test_what_a_study_states_is_kept_and_every_default_is_added(study):
    stated = yaml.safe_load((study / "params.yaml").read_text())
    filled = fill(stated)
    assert json.dumps(fill(filled)) == json.dumps(filled)
    assert list(contradictions(stated, filled)) == []
    assert filled["evaluate"]["fewest"] == stated["evaluate"].get("fewest", 10)
    assert filled["stack"]["calibration"] == stated["stack"].get("calibration", "platt")
    assert {"criteria", "injection"} <= set(filled["clean"])
    assert ("perturb" in filled["crop"]) == ("perturb" in stated["crop"])


def contradictions(stated, filled, path=""):
    """Yield the paths of stated values that are not those of the filled study, types included."""
    if isinstance(stated, dict):
        for key, value in stated.items():
            yield from contradictions(value, filled[key], f"{path}.{key}")
    elif isinstance(stated, list):
        for position, (value, other) in enumerate(zip(stated, filled, strict=True)):
            yield from contradictions(value, other, f"{path}.{position}")
    elif stated != filled or type(stated) is not type(filled):
        yield path


def test_a_job_reads_the_keys_that_its_rule_hands_over_as_a_typed_object(params):
    handed = json.dumps(pick(fill(params), ["study.seed", "clean.overlays", "train.models"]))
    settings = job_parser("").parse_args(["--settings", handed]).settings
    assert isinstance(settings, Parameters)
    assert settings.study.seed == params["study"]["seed"]
    assert settings.clean.injection.from_ == "start"
    assert settings.train.models["rf"].class_weight == "balanced"
    with pytest.raises(AttributeError, match=r"the rule hands this job no study\.title"):
        settings.study.title  # noqa: B018
    with pytest.raises(AttributeError, match="the rule hands this job no crop"):
        settings.crop  # noqa: B018


def test_a_section_cannot_be_changed():
    study = Study.partial({"seed": 1})
    with pytest.raises(ValidationError):
        study.seed = 2


def test_keys_keep_the_order_in_which_they_stand():
    section = Crop.partial({"min_pixels": 1, "analysis": {"session": "1", "reader": "a"}})
    assert list(section.plain())[:2] == ["min_pixels", "analysis"]
    assert list(section.plain()["analysis"]) == ["session", "reader"]


def test_a_number_stays_as_it_is_written(params):
    params["evaluate"]["horizons"] = [12, 24.0]
    assert str(Evaluate.partial(params["evaluate"]).horizons) == "[12, 24.0]"


def test_a_default_is_not_shared():
    first, second = Clean.partial({}), Clean.partial({})
    first.criteria.append("x")
    assert second.criteria == []


@pytest.mark.parametrize(
    ("section", "key", "value", "kind"),
    [
        (Crop, "margin", True, "float_type"),
        (Crop, "margin", float("inf"), "finite_number"),
        (Crop, "min_pixels", 3.0, "int_type"),
        (Crop, "label", 3, "string_type"),
        (Crop, "label", None, "string_type"),
        (Crop, "perturb", None, "broken"),
        (Evaluate, "sensitivities", [0.9, 0.9], "broken"),
        (Evaluate, "subgroups", {"age": "thirds"}, "literal_error"),
        (Evaluate, "borderline", {"column": "x", "value": True}, "union_tag_invalid"),
    ],
)
def test_a_value_of_another_type_or_range_is_refused(params, section, key, value, kind):
    stated = params[section.__name__.lower()] | {key: value}
    with pytest.raises(ValidationError) as refused:
        section.model_validate(stated)
    assert refused.value.errors()[0]["type"] == kind


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda p: p["crop"].update(region="ring"), ("crop", "ring")),
        (lambda p: p["clean"].update(injection={"from": "table"}), ("clean", "injection", "column")),
        (lambda p: p["clean"].update(injection={"from": "arrival"}), ("clean", "injection", "delay_s")),
        (lambda p: p["clean"]["views"].update(x={"from": "clip"}), ("clean", "views", "x", "window_s")),
        (lambda p: p["clean"]["duplicates"].update(max_share=0.4), ("clean", "duplicates", "min_similarity")),
        (
            lambda p: p["clean"]["qc"]["heads"].update(x={"exclude": "above"}),
            ("clean", "qc", "heads", "x", "sensitivity"),
        ),
    ],
)
def test_a_key_that_another_one_needs_is_missing(params, change, missing):
    change(params)
    with pytest.raises(ValidationError) as refused:
        whole().model_validate(params)
    assert (refused.value.errors()[0]["type"], refused.value.errors()[0]["loc"]) == ("missing", missing)


def test_a_job_imports_the_settings_of_its_own_sections_alone():
    text = json.dumps({"study": {"seed": 1}, "train": {"models": {"rf": {"kind": "forest", "families": ["texture"]}}}})
    code = (
        "import sys; from sonomics.core.jobs import read_settings; "
        f"print(read_settings({text!r}).train.models['rf'].class_weight); "
        "print([name for name in sys.modules if name.startswith(('sonomics.kinds.', 'sonomics.core.settings.'))])"
        "; assert not {'yaml', 'difflib', 'jsonschema', 'pandas'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "workflow/lib", capture_output=True, text=True, check=True
    )
    assert "balanced" in done.stdout
    assert "kinds.models.forest" in done.stdout
    for other in ("settings.report", "settings.clean", "settings.messages", "models.svm", "kinds.families"):
        assert other not in done.stdout
