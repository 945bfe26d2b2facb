"""Convolutional backbones from timm, taking grey ultrasound."""

from typing import cast

import timm
import torch
from torch import Tensor, nn

from sonomics.core.errors import StudyError
from sonomics.networks.weights import RANDOM, Weights


class Backbone(nn.Module):
    """A network without its classifier: grey images in, pooled features out.

    Parameters
    ----------
    trunk : nn.Module
        A timm model built with `num_classes=0`, for three channels.
    mean, std : float
        Normalisation of intensities on the scale 0-1.

    Attributes
    ----------
    num_features : int
        Width of the output.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, trunk: nn.Module, mean: float, std: float) -> None:
        super().__init__()
        self.trunk = trunk
        self.num_features = cast(int, trunk.head_hidden_size)
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("std", torch.tensor(std))

    def forward(self, images: Tensor) -> Tensor:
        """Return features (n, num_features) float32 of images (n, 1 or 3, rows, columns) float32 on the scale 0-1."""
        normal = (images - self.mean) / self.std
        three = normal.expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
        features: Tensor = self.trunk(three)
        return features


def build(architecture: str, seed: int, weights: Weights = RANDOM) -> Backbone:
    """Build a backbone.

    Parameters
    ----------
    architecture : str
        A timm model name.
    seed : int
        Of the random initialisation; the generator of the caller is left alone.
    weights : Weights
        From `weights_of`; `RANDOM` is a declared random initialisation. Grey goes to each of the three channels.

    Raises
    ------
    StudyError
        When timm does not know the architecture, or the weights belong to another one.
    """
    if not timm.is_model(architecture):
        raise StudyError("params.yaml, architecture", f"timm has no model {architecture!r}", "see `timm.list_models()`")
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        trunk = timm.create_model(architecture, pretrained=False, num_classes=0)
    if weights.tensors:
        _load(trunk, architecture, weights)
    return Backbone(trunk, weights.mean, weights.std).to(memory_format=torch.channels_last)


def _load(trunk: nn.Module, architecture: str, weights: Weights) -> None:
    """Fill the trunk; a file may carry a classifier, which is left out."""
    wanted = trunk.state_dict()
    matching = {name: tensor for name, tensor in weights.tensors.items() if name in wanted}
    missing = sorted(set(wanted) - set(matching))
    reshaped = sorted(name for name, tensor in matching.items() if tensor.shape != wanted[name].shape)
    if missing or reshaped:
        rule = f"the weights are not of {architecture} ({(missing + reshaped)[0]} is missing or of another shape)"
        raise StudyError("params.yaml, weights", rule, "state the architecture the weights were trained with")
    trunk.load_state_dict(matching)
