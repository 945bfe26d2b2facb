import pytest

from sonomics.core.settings.parameters import Parameters
from sonomics.report.study.variants import describe_control, describe_variant
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
STUDY = Parameters.partial(
    {**PARAMS, "study": {**PARAMS["study"], "variants": {**PARAMS["study"]["variants"], **VARIANTS}}}
)


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("main", "the study itself"),
        ("uncropped", "sensitivity analysis: whole images, not cropped"),
        ("background", "in the lesion's shape, without the lesion itself, without cnn"),
        ("overlays_kept", "sensitivity analysis: overlays left in the images"),
        ("reader_2", "sensitivity analysis: outlines of reader_2, session 1"),
        ("perturbed", "sensitivity analysis: outlines changed at random"),
        ("wide", "sensitivity analysis: crop.margin = 0.5"),
        ("bare", "analysis: without crop.perturb, extract.families.texture.classes = glcm and glrlm"),
        (
            "shuffled",
            "negative control: training labels shuffled at random; out-of-fold scores are compared with the shuffled "
            "labels; expected 0.50",
        ),
        ("noise", "noise in place of the features, with all other inputs of the models unchanged"),
        ("noise_alone", "negative control: features replaced by noise of the same shape; expected 0.50"),
    ],
)
def test_every_run_is_described(variant, words):
    assert describe_variant(variant, STUDY).endswith(words)


def test_noise_is_a_control_only_where_no_model_sees_anything_else():
    assert describe_control("noise", STUDY) == ""
    assert "noise" in describe_control("noise_alone", STUDY)
