"""Let a trunk see more channels than three."""

import torch
from torch import nn

from sonomics.core.errors import StudyError


def widen_first_layer(trunk: nn.Module, images: int, more: int) -> None:
    """Replace the first convolution of a trunk by one that sees several images and further channels.

    Parameters
    ----------
    trunk : nn.Module
        For three channels.
    images : int
        Images of three channels each. Their weights are those of the trunk, divided by their number, so that equal
        images give what one of them gave.
    more : int
        Further channels after them, whose weights start at 0, so that they change nothing before training.

    Raises
    ------
    StudyError
        When no layer of the trunk is a convolution of three channels.
    """
    if (images, more) == (1, 0):
        return
    for name, layer in trunk.named_modules():
        if isinstance(layer, nn.Conv2d) and layer.in_channels == 3 and layer.groups == 1:
            parent = trunk.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], _widen(layer, images, more))
            return
    rule = "the network has no first convolution of three channels, to which a channel could be added"
    raise StudyError("params.yaml, architecture", rule, "take another architecture, or mask: pooling and no early join")


def _widen(layer: nn.Conv2d, images: int, more: int) -> nn.Conv2d:
    weight = layer.weight.detach()
    added = torch.zeros(len(weight), more, *weight.shape[2:])
    layer.in_channels = 3 * images + more
    layer.weight = nn.Parameter(torch.cat([weight.repeat(1, images, 1, 1) / images, added], dim=1))
    return layer
