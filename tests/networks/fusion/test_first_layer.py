"""A widened trunk gives equal images what it gave one of them, and a further channel nothing, before training."""

import pytest
import torch
from torch import nn

from sonomics.core.errors import StudyError
from sonomics.networks.architectures.backbones import build
from sonomics.networks.fusion.first_layer import widen_first_layer


@pytest.mark.parametrize("architecture", ["test_resnet", "test_vit", "squeezenet1_1"])
def test_equal_images_and_an_untrained_channel_change_nothing(architecture: str) -> None:
    trunk = build(architecture, seed=1).trunk.eval()
    side = 160 if architecture == "test_vit" else 64
    image, outline = torch.rand(2, 3, side, side), torch.rand(2, 2, side, side)
    before = trunk(image)
    widen_first_layer(trunk, images=2, more=2)
    torch.testing.assert_close(trunk(torch.cat([image, image, outline], dim=1)), before, rtol=1e-4, atol=1e-5)


def test_one_image_leaves_the_trunk_as_it_was() -> None:
    trunk = build("test_resnet", seed=1).trunk
    weight = trunk.conv1[0].weight
    widen_first_layer(trunk, images=1, more=0)
    assert trunk.conv1[0].weight is weight


def test_a_trunk_without_a_first_convolution_is_refused() -> None:
    with pytest.raises(StudyError, match=r"no first convolution of three channels.*mask: pooling"):
        widen_first_layer(nn.Sequential(nn.Flatten(), nn.Linear(12, 2)), images=1, more=1)
