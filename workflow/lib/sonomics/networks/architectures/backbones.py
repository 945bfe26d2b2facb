"""Convolutional and transformer backbones, taking grey or colour ultrasound."""

from typing import Any, cast

import timm
import torch
from torch import Tensor, nn

from sonomics.core.errors import StudyError
from sonomics.networks.architectures.squeezenet import SqueezeNet
from sonomics.networks.weights.checkpoints import renamed
from sonomics.networks.weights.load import RANDOM, Weights

# Beside timm's.
OTHERS = {"squeezenet1_1": SqueezeNet}
# Counts batches in training; older files lack it and inference does not need it.
_COUNTER = "num_batches_tracked"


class Backbone(nn.Module):
    """A network without its classifier: images in, pooled features out.

    Parameters
    ----------
    trunk : nn.Module
        A timm model built with `num_classes=0`, or alike, for three channels.
    weights : Weights
        What the inputs must look like.

    Attributes
    ----------
    num_features : int
        Width of the output.
    """

    mean: Tensor
    std: Tensor
    order: Tensor

    def __init__(self, trunk: nn.Module, weights: Weights) -> None:
        super().__init__()
        self.trunk = trunk
        self.num_features = cast(int, trunk.head_hidden_size)
        self.register_buffer("mean", torch.tensor(weights.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(weights.std).view(1, 3, 1, 1))
        self.register_buffer("order", torch.tensor(weights.order))

    def prepared(self, images: Tensor) -> Tensor:
        """Return what the trunk takes (n, 3, rows, columns) of images (n, 1 or 3, rows, columns), RGB, 0-1."""
        channels = images if images.shape[1] == 1 else images[:, self.order]
        return ((channels - self.mean) / self.std).contiguous(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Return features (n, num_features) float32 of images (n, 1 or 3, rows, columns) float32 on the scale 0-1."""
        features: Tensor = self.trunk(self.prepared(images))
        return features


def build(architecture: str, seed: int, weights: Weights = RANDOM, size: int | None = None) -> Backbone:
    """Build a backbone.

    Parameters
    ----------
    architecture : str
        A timm model name, or squeezenet1_1.
    seed : int
        Of the random initialisation; the generator of the caller is left alone.
    weights : Weights
        From `weights_of`; `RANDOM` is a declared random initialisation.
    size : int, optional
        Side of the inputs, to be checked against architectures that take one size alone.

    Raises
    ------
    StudyError
        When there is no such architecture, it takes no input of that size, or the weights belong to another one.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        trunk = OTHERS[architecture]() if architecture in OTHERS else _of_timm(architecture, size)
    if weights.tensors:
        _load(trunk, architecture, weights)
    return Backbone(trunk, weights).to(memory_format=torch.channels_last)


def _of_timm(architecture: str, size: int | None) -> nn.Module:
    if not timm.is_model(architecture):
        rule = f"timm has no model {architecture!r}, nor is it one of {', '.join(OTHERS)}"
        raise StudyError("params.yaml, architecture", rule, "see `timm.list_models()`")
    trunk = timm.create_model(architecture, pretrained=False, num_classes=0)
    stated = cast(dict[str, Any], trunk.pretrained_cfg)
    side = stated["input_size"][-1]
    if stated.get("fixed_input_size") and size not in (None, side):
        raise StudyError(
            "params.yaml, size", f"{architecture} takes images of {side} pixels alone", f"state size: {side}"
        )
    return trunk


def _load(trunk: nn.Module, architecture: str, weights: Weights) -> None:
    """Fill the trunk; a file may carry a classifier, which is left out."""
    wanted = trunk.state_dict()
    children = [name for name, _ in trunk.named_children()]
    matching = renamed(weights.tensors, weights.prefix, wanted, children)
    missing = sorted(name for name in set(wanted) - set(matching) if not name.endswith(_COUNTER))
    reshaped = sorted(name for name, tensor in matching.items() if tensor.shape != wanted[name].shape)
    if missing or reshaped:
        rule = f"the weights are not of {architecture} ({(missing + reshaped)[0]} is missing or of another shape)"
        raise StudyError("params.yaml, weights", rule, "state the architecture (and `prefix`) of the file")
    trunk.load_state_dict(wanted | matching)
