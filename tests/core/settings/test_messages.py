"""A broken rule ends in one line with the key and its line in the file."""

import pytest
import yaml

from sonomics.core.errors import StudyError
from sonomics.core.params import check_params
from tests.conftest import ROOT

TEXT = (ROOT / "studies/smoke/params.yaml").read_text()


def line_with(text, word):
    return next(number for number, line in enumerate(text.splitlines(), start=1) if word in line)


def stopped(tmp_path, text):
    path = tmp_path / "params.yaml"
    path.write_text(text)
    with pytest.raises(StudyError) as error:
        check_params(yaml.safe_load(text), "params.yaml", path)
    assert "\n" not in str(error.value)
    return error.value


def test_a_wrong_value_is_found_in_its_line(tmp_path):
    text = TEXT.replace("margin: 0.1", "margin: wide")
    error = stopped(tmp_path, text)
    assert error.where == f"params.yaml, line {line_with(text, 'margin:')}, crop.margin"
    assert error.rule == "'wide' is not a number"
    assert error.fix == "give what the key means: rim of the crop around the region as a share of its longer side"


def test_an_unknown_key_names_its_section_and_the_nearest_known_one(tmp_path):
    text = TEXT.replace("margin: 0.1", "margn: 0.1")
    error = stopped(tmp_path, text)
    where = f"params.yaml, line {line_with(text, 'crop:')}, crop"
    assert str(error) == f"{where}: unknown key margn. Fix: did you mean margin? Else remove it."


def test_an_item_of_a_list_has_its_own_line(tmp_path):
    text = TEXT.replace("above: 0.75", "above: much", 1)
    error = stopped(tmp_path, text)
    assert error.where == f"params.yaml, line {line_with(text, 'above: much')}, select.steps.binary.0.above"


def test_a_rule_between_sections_has_a_line_too(tmp_path):
    text = TEXT.replace("{binary: stacked,", "{binary: unstacked,")
    error = stopped(tmp_path, text)
    assert error.where == f"params.yaml, line {line_with(text, 'primary:')}, evaluate.primary"


def test_a_key_of_a_variant_has_the_line_of_its_overlay(tmp_path):
    text = TEXT.replace("    main: {}\n", "    main: {}\n    wide:\n      crop:\n        margin: -1\n")
    error = stopped(tmp_path, text)
    assert error.where == f"params.yaml, line {line_with(text, 'margin: -1')}, variant wide, crop.margin"
    assert error.rule == "-1 is not at least 0"


def test_a_missing_key_says_what_it_means(tmp_path):
    text = "\n".join(line for line in TEXT.splitlines() if "min_pixels" not in line)
    error = stopped(tmp_path, text)
    assert error.rule == "the key min_pixels is missing"
    assert error.fix == "add it (smallest outline that is used), see docs/parameters.md"


@pytest.mark.parametrize(
    ("model", "rule", "meaning"),
    [
        ({"kind": "svm", "families": ["texture"], "cost": "dear"}, "'dear' is not a number", "cost of a wrong"),
        ({"kind": "svm", "families": ["texture"], "cost": 1, "kernel": "x"}, "'x' is not one of 'rbf' or", "kernel"),
        ("svm", "'svm' is not a map of keys and values", "one base model"),
    ],
)
def test_a_kind_explains_its_own_keys(params, model, rule, meaning):
    params["train"]["models"]["other"] = model
    with pytest.raises(StudyError) as error:
        check_params(params)
    assert error.value.where.startswith("params.yaml, train.models.other")
    assert rule in error.value.rule
    assert meaning in error.value.fix


@pytest.mark.parametrize(
    ("weights", "rule"),
    [
        ({"entry": "resnet18_imagenet"}, "the key file is missing"),
        ({"entry": "resnet18_imagenet", "file": "a.pth", "scale": 1}, "unknown key scale"),
        ({"file": "a.pth", "scale": 2}, "2 is not one of 1 or 255"),
        ({"file": "a.pth"}, "the key sha256 is missing"),
    ],
)
def test_weights_are_an_entry_elsewhere_or_one_written_out(params, weights, rule):
    params["extract"]["families"]["deep"]["weights"] = weights
    with pytest.raises(StudyError) as error:
        check_params(params)
    assert error.value.where.startswith("params.yaml, extract.families.deep.weights")
    assert error.value.rule == rule


def test_a_name_of_another_form_is_refused_with_what_a_name_is(params):
    params["train"]["models"]["My Model"] = params["train"]["models"]["rf"]
    with pytest.raises(StudyError) as error:
        check_params(params)
    assert "'My Model' does not have the form" in error.value.rule
