"""Backbones that see the outline of an image, which is its last channel."""

from collections.abc import Callable
from typing import cast

import torch
from torch import Tensor, nn

from sonomics.networks.architectures.backbones import Backbone
from sonomics.networks.architectures.target_layers import to_map
from sonomics.networks.weights.load import Weights


class MaskChannel(Backbone):
    """A backbone whose trunk, widened by a channel, sees the outline beside the image."""

    def normalise(self, images: Tensor) -> Tensor:
        """Normalise the image of (n, 2 or 4, rows, columns), 0-1; the outline, its last channel, stays as it is."""
        pixels = super().normalise(images[:, :-1])
        return torch.cat([pixels, images[:, -1:]], dim=1).contiguous(memory_format=torch.channels_last)


class MaskPooling(Backbone):
    """A backbone whose last feature map is averaged over the outline, not over the whole image.

    A place of the map counts by the share of it that lies in the outline; of an image without outline all places count
    alike.

    Parameters
    ----------
    trunk : nn.Module
        With `forward_features`, which returns its last map of `num_features` channels, as timm's models have.
    weights : Weights
    """

    def __init__(self, trunk: nn.Module, weights: Weights) -> None:
        super().__init__(trunk, weights)
        self.num_features = cast(int, trunk.num_features)

    def forward(self, images: Tensor) -> Tensor:
        """Return features (n, num_features) of images (n, 2 or 4, rows, columns) on the scale 0-1, the outline last."""
        see = cast(Callable[[Tensor], Tensor], self.trunk.forward_features)
        maps = to_map(see(self.normalise(images[:, :-1])), self.trunk)
        shares = nn.functional.adaptive_avg_pool2d(images[:, -1:], (maps.shape[2], maps.shape[3]))
        inside = shares.sum(dim=(2, 3), keepdim=True)
        shares = torch.where(inside > 0, shares, torch.ones_like(shares))
        return (maps * shares).sum(dim=(2, 3)) / shares.sum(dim=(2, 3))
