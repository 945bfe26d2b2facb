import pytest

from sonomics.report.study.variants import blind, expectation
from tests.report.synthetic import PARAMS

VARIANTS = {
    "uncropped": {"crop": {"region": "whole"}},
    "background": {"crop": {"region": "background"}, "train": {"models": {"cnn": None}}},
    "overlays_kept": {"crop": {"pixels": "as_exported"}},
    "reader_2": {"crop": {"analysis": {"reader": "reader_2", "session": "1"}}},
    "perturbed": {"crop": {"perturb": {"times": 1, "grow": 0.05}, "analysis": {"perturbed": 1}}},
    "wide": {"crop": {"margin": 0.5}},
    "bare": {"crop": {"perturb": None}, "extract": {"families": {"texture": {"classes": ["glcm", "glrlm"]}}}},
    "noise": {"select": {"features": "noise"}},
    "noise_alone": {
        "select": {"features": "noise"},
        "train": {"models": {"cnn": None}},
        "stack": {"models": {"stacked": {"of": ["rf"]}}},
    },
}
STUDY = {**PARAMS, "study": {**PARAMS["study"], "variants": {**PARAMS["study"]["variants"], **VARIANTS}}}


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("main", "the study itself"),
        ("uncropped", "sensitivity analysis: whole images, not cropped"),
        ("background", "what it tells is not the lesion, without cnn"),
        ("overlays_kept", "sensitivity analysis: overlays left in the images"),
        ("reader_2", "sensitivity analysis: outlines of reader_2, session 1"),
        ("perturbed", "sensitivity analysis: outlines changed at random"),
        ("wide", "sensitivity analysis: crop.margin = 0.5"),
        ("bare", "analysis: without crop.perturb, extract.families.texture.classes = glcm and glrlm"),
        (
            "shuffled",
            "negative control: training labels dealt out at random, and held against out of fold; expected 0.50",
        ),
        ("noise", "noise in place of the features, while other inputs of models stay"),
        ("noise_alone", "negative control: features replaced by noise of the same shape; expected 0.50"),
    ],
)
def test_every_run_is_named(variant, words):
    assert expectation(variant, STUDY).endswith(words)


def test_noise_is_a_control_only_where_no_model_sees_anything_else():
    assert blind("noise", STUDY) == ""
    assert "noise" in blind("noise_alone", STUDY)
