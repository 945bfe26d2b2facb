"""Layers are pooled as stated, and their features have fixed names."""

import pytest
import torch

from sonomics.core.errors import StudyError
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.layer_features import POOLINGS, Features

MAPS = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]], [[-8.0, 0.0], [0.0, 0.0]]]])


@pytest.mark.parametrize(
    ("pooling", "expected"),
    [
        ("avg", [2.5, -2.0]),
        ("max", [4.0, 0.0]),
        ("gem", [25 ** (1 / 3), 1e-6]),
        ("avgmax", [2.5, -2.0, 4.0, 0.0]),
        ("grid", [1.0, 2.0, 3.0, 4.0, -8.0, 0.0, 0.0, 0.0]),
    ],
)
def test_poolings_by_hand(pooling: str, expected: list[float]) -> None:
    torch.testing.assert_close(POOLINGS[pooling](MAPS)[0], torch.tensor(expected), rtol=1e-5, atol=1e-7)


def test_the_last_layers_mean_is_the_networks_own_output() -> None:
    backbone = build("test_resnet", seed=1)
    images = torch.rand(2, 1, 32, 32)
    own, chosen = Features(backbone, [], "", 32), Features(backbone, ["layer4"], "avg", 32)
    with torch.no_grad():
        torch.testing.assert_close(chosen(images), own(images), rtol=1e-4, atol=1e-6)
    assert own.names[:2] == ["d000", "d001"]
    assert chosen.names[:2] == ["layer4_avg_000", "layer4_avg_001"]


def test_layers_stand_side_by_side_in_the_order_stated() -> None:
    backbone = build("squeezenet1_1", seed=1)
    features = Features(backbone, ["features.12", "features.3"], "max", 64)
    with torch.no_grad():
        values = features(torch.rand(3, 1, 64, 64))
    assert values.shape == (3, 512 + 128)
    assert (features.names[0], features.names[511], features.names[512]) == (
        "features.12_max_000", "features.12_max_511", "features.3_max_000",
    )  # fmt: skip
    assert len(set(features.names)) == 640


def test_a_transformers_tokens_are_pooled_over_places() -> None:
    features = Features(build("test_vit", seed=1), ["blocks.3"], "grid", 160)
    assert len(features.names) == 4 * 64


def test_an_unknown_layer_is_refused_with_the_known_ones() -> None:
    with pytest.raises(StudyError, match=r"no layer layer9.*layer4"):
        Features(build("test_resnet", seed=1), ["layer9"], "avg", 32)


def test_a_layer_without_a_map_is_refused() -> None:
    with pytest.raises(StudyError, match="is not a map"):
        Features(build("test_resnet", seed=1), ["global_pool"], "avg", 32)
