"""Every family's map keeps the places of the image, whatever its layers give."""

import pytest
import timm
import torch
from torch import nn

from sonomics.networks.architectures.backbones import Backbone, build
from sonomics.networks.architectures.target_layers import TARGETS, find_layer, find_target_layer, name_family, to_map
from sonomics.networks.weights.load import RANDOM

SMALL_SWIN = {
    "img_size": 128,
    "patch_size": 4,
    "window_size": 4,
    "embed_dim": 16,
    "depths": (1, 1, 1),
    "num_heads": (1, 2, 4),
}
# A small member of each family: timm's name, the side of its input, what makes it small.
MEMBERS = {
    "resnet": ("test_resnet", 128, {}),
    "resnetv2": ("resnetv2_50", 128, {"layers": (1, 1, 1, 1), "channels": (32, 32, 64, 64), "stem_chs": 16}),
    "regnet": ("regnetx_002", 96, {}),
    "byobnet": ("test_byobnet", 128, {}),
    "nfnet": ("test_nfnet", 128, {}),
    "convnext": ("test_convnext", 128, {}),
    "densenet": ("densenet121", 128, {"block_config": (1, 1, 1, 1), "growth_rate": 8}),
    "mobilenetv3": ("mobilenetv3_small_050", 128, {}),
    "efficientnet": ("test_efficientnet", 128, {}),
    "vision_transformer": ("test_vit", 160, {}),
    "beit": ("beit_base_patch16_224", 224, {"depth": 2, "embed_dim": 48, "num_heads": 2}),
    "swin_transformer": ("swin_tiny_patch4_window7_224", 128, SMALL_SWIN),
    "swin_transformer_v2": ("swinv2_tiny_window8_256", 128, SMALL_SWIN),
}


def member(family: str) -> tuple[Backbone, int]:
    if family == "squeezenet":
        return build("squeezenet1_1", seed=1).eval(), 128
    name, side, small = MEMBERS[family]
    with torch.random.fork_rng():
        torch.manual_seed(1)
        return Backbone(timm.create_model(name, num_classes=0, **small), RANDOM).eval(), side


@pytest.mark.parametrize("family", TARGETS)
def test_the_map_keeps_the_places_of_the_image_and_the_output_depends_on_all_of_them(family: str) -> None:
    backbone, side = member(family)
    assert name_family(backbone) == family
    given: list[torch.Tensor] = []

    def keep(layer: nn.Module, inputs: tuple, output: torch.Tensor) -> None:
        output.retain_grad()
        given.append(output)

    layer = find_target_layer(backbone)
    assert layer is not None
    layer.register_forward_hook(keep)
    images = torch.rand(1, 1, side, side, generator=torch.Generator().manual_seed(3)).repeat(3, 1, 1, 1)
    third = side // 3
    images[1, :, :third, -third:] = 1 - images[1, :, :third, -third:]
    images[2, :, -third:, :third] = 1 - images[2, :, -third:, :third]
    backbone(images).square().sum().backward()
    maps = to_map(given[0].detach(), backbone.trunk)
    assert maps.shape[2] == maps.shape[3] > 1
    change = (maps[1:] - maps[:1]).abs().sum(dim=1)
    top, left = maps.shape[2] // 2, maps.shape[3] // 2
    assert change[0, :top, -left:].mean() > 1.5 * change[0, -top:, :left].mean()
    assert change[1, -top:, :left].mean() > 1.5 * change[1, :top, -left:].mean()
    gradient = to_map(given[0].grad, backbone.trunk)
    assert (gradient.abs().sum(dim=(0, 1)) > 0).float().mean() > 0.7


def test_a_family_that_is_not_known_has_no_target() -> None:
    assert find_target_layer(Backbone(timm.create_model("test_mambaout", num_classes=0), RANDOM)) is None


def test_tokens_become_rows_and_columns_without_the_class_token() -> None:
    trunk = nn.Identity()
    trunk.num_prefix_tokens = 1
    tokens = torch.arange(7.0).view(1, 7, 1)
    assert to_map(tokens[:, :5], trunk)[0, 0].tolist() == [[1, 2], [3, 4]]
    assert to_map(tokens[:, :4], trunk)[0, 0].tolist() == [[0, 1], [2, 3]]
    with pytest.raises(ValueError, match="is not a map"):
        to_map(tokens, trunk)
    with pytest.raises(ValueError, match="is not a map"):
        to_map(torch.ones(2, 3), trunk)


def test_a_layer_may_be_counted_from_the_end() -> None:
    trunk = build("test_resnet", seed=1).trunk
    assert find_layer(trunk, "layer4.-1") is trunk.layer4[len(trunk.layer4) - 1]
