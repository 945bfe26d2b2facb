"""What is generated from the settings is what stands in the repository, and DVC sees defaults but no descriptions."""

import json

import pytest
import yaml
from jsonschema import Draft202012Validator

from sonomics.core.contract import PARAMS, code_of, defaults_of
from sonomics.core.params import PHASES, fill, pick
from sonomics.core.settings.crop import Crop
from sonomics.core.settings.defaults import defaults
from sonomics.core.settings.report import Report
from sonomics.core.settings.schema import schema
from sonomics.core.settings.write import files
from tests.core.settings.test_sections import STUDIES


def test_the_generated_files_are_up_to_date():
    for path, text in files():
        assert path.read_text(encoding="utf-8") == text, f"{path}: run `python -m sonomics.core.settings.write`"


@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.name)
def test_the_schema_accepts_every_study_and_refuses_an_unknown_key(study):
    params = yaml.safe_load((study / "params.yaml").read_text())
    validator = Draft202012Validator(schema())
    assert list(validator.iter_errors(params)) == []
    params["crop"]["margn"] = 1
    assert list(validator.iter_errors(params))


@pytest.fixture
def described():
    """The report's share, described by other words for the time of a test."""
    field = Report.model_fields["share"]
    before, field.description = field.description, "other words"
    yield
    field.description = before


@pytest.mark.usefixtures("described")
def test_a_changed_description_changes_nothing_that_a_job_or_a_stage_sees(params):
    assert defaults() == yaml.safe_load((STUDIES[0] / "workflow/schemas/defaults.yaml").read_text())
    assert "other words" not in json.dumps(fill(params))
    for phase in PHASES:
        words = "/no/" if phase == "report" else "/kinds/"  # the page is written in the words of the kinds
        assert not [file for file in code_of(phase) if "core/settings" in file or words in file]


@pytest.fixture
def other_default():
    """Square crops by default, for the time of a test."""
    field = Crop.model_fields["shape"]
    before, field.default = field.default, "square"
    yield
    field.default = before


def seen(params):
    """Return what each stage sees: the settings that its jobs may read, and the defaults that DVC tracks for it."""
    filled, values = fill(params), defaults()
    return {
        phase: (pick(filled, PARAMS[phase]), [pick(values, [key]) for key in defaults_of(phase, values)])
        for phase in PHASES
    }


def test_a_changed_default_changes_the_phases_that_take_it_alone(params, request):
    before = seen(params)
    request.getfixturevalue("other_default")
    after = seen(params)
    assert [phase for phase in PHASES if before[phase] != after[phase]] == ["crop", "report"]
