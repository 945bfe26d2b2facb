"""Features from chosen layers of a backbone, pooled over the image."""

from collections.abc import Callable, Mapping, Sequence

import torch
from torch import Tensor, nn

from sonomics.core.errors import StudyError
from sonomics.networks.architectures.backbones import Backbone
from sonomics.networks.architectures.target_layers import find_layer, to_map

_GEM_POWER = 3
_GEM_LEAST = 1e-6
_GRID = 2


def average(maps: Tensor) -> Tensor:
    """Return the mean (n, channels) of maps (n, channels, rows, columns)."""
    return maps.mean(dim=(2, 3))


def maximum(maps: Tensor) -> Tensor:
    """Return the maximum (n, channels) of maps (n, channels, rows, columns)."""
    return maps.amax(dim=(2, 3))


def generalised_mean(maps: Tensor) -> Tensor:
    """Return the cubic mean (n, channels) of maps; values below 1e-6 count as 1e-6 (Radenović et al. 2019, GeM)."""
    return maps.clamp(min=_GEM_LEAST).pow(_GEM_POWER).mean(dim=(2, 3)).pow(1 / _GEM_POWER)


def average_and_maximum(maps: Tensor) -> Tensor:
    """Return the means, then the maxima (n, 2 channels)."""
    return torch.cat([average(maps), maximum(maps)], dim=1)


def quadrants(maps: Tensor) -> Tensor:
    """Return the means of the four quadrants (n, 4 channels), channel by channel, in reading order."""
    return nn.functional.adaptive_avg_pool2d(maps, _GRID).flatten(1)


POOLINGS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "avg": average,
    "max": maximum,
    "gem": generalised_mean,
    "avgmax": average_and_maximum,
    "grid": quadrants,
}


class Features(nn.Module):
    """A backbone whose output is the pooled maps of chosen layers, joined.

    Parameters
    ----------
    backbone : Backbone
    layers : sequence of str
        Names of modules of its trunk; empty for the backbone's own pooled output.
    pooling : str, optional
        A key of `POOLINGS`; needed with layers.
    size : int
        Side of the inputs, pixels.

    Attributes
    ----------
    names : list of str
        Names of the features: `d000` ..., or `<layer>_<pooling>_000` ...

    Raises
    ------
    StudyError
        When the network has no such layer, or the output of the layer is not a map.
    """

    def __init__(self, backbone: Backbone, layers: Sequence[str], pooling: str | None, size: int) -> None:
        super().__init__()
        self.backbone = backbone
        self.layers = list(layers)
        self.pooling = pooling
        self._outputs: dict[str, Tensor] = {}
        for name in self.layers:
            self._keep_output(name)
        with torch.inference_mode():
            backbone.eval()
            widths = [part.shape[1] for part in self._pool(torch.zeros(1, 1, size, size))]
        prefixes = [f"{layer}_{pooling}_" for layer in self.layers] or ["d"]
        self.names = [
            f"{prefix}{number:03d}" for prefix, width in zip(prefixes, widths, strict=True) for number in range(width)
        ]

    def forward(self, images: Tensor) -> Tensor:
        """Return features (n, names) of images (n, 1 or 3, rows, columns) float32 on the scale 0-1."""
        return torch.cat(self._pool(images), dim=1)

    def _keep_output(self, name: str) -> None:
        def keep(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            self._outputs[name] = output

        try:
            find_layer(self.backbone.trunk, name).register_forward_hook(keep)
        except (AttributeError, IndexError):
            first_level = ", ".join(dict(self.backbone.trunk.named_children()))
            rule = f"the network has no layer {name} (its first level: {first_level})"
            raise StudyError("params.yaml, layers", rule, "name a module of the network") from None

    def _pool(self, images: Tensor) -> list[Tensor]:
        output = self.backbone(images)
        if not self.layers:
            return [output]
        try:
            maps = [to_map(self._outputs.pop(name), self.backbone.trunk) for name in self.layers]
        except (ValueError, KeyError, AttributeError) as error:
            rule = f"a layer cannot be pooled: {error}"
            raise StudyError("params.yaml, layers", rule, "name another layer") from None
        return [POOLINGS[str(self.pooling)](feature_map) for feature_map in maps]
