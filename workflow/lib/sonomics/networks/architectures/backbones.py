"""Convolutional and transformer backbones for grey or colour ultrasound images."""

from typing import Any, cast

import timm
import torch
from torch import Tensor, nn

from sonomics.core.errors import StudyError
from sonomics.networks.architectures.squeezenet import SqueezeNet
from sonomics.networks.weights.load import RANDOM, Weights
from sonomics.networks.weights.matching import Match, match_by_name, match_in_order

# Architectures that timm lacks.
OTHERS = {"squeezenet1_1": SqueezeNet}


class Encoder(nn.Module):
    """What comes before the heads of a network: a row's image or images in, `num_features` numbers out."""

    num_features: int


class Backbone(Encoder):
    """A network without its classifier: images in, pooled features out.

    Parameters
    ----------
    trunk : nn.Module
        A timm model built with `num_classes=0`, or one with the same interface, for three channels.
    weights : Weights
        Starting weights; their mean, std and order of channels normalise the inputs.

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

    def normalise(self, images: Tensor) -> Tensor:
        """Normalise images (n, 1 or 3, rows, columns), RGB, 0-1, to the trunk's input (n, 3, rows, columns)."""
        channels = images if images.shape[1] == 1 else images[:, self.order]
        return ((channels - self.mean) / self.std).contiguous(memory_format=torch.channels_last)

    def forward(self, images: Tensor) -> Tensor:
        """Return features (n, num_features) float32 of images (n, 1 or 3, rows, columns) float32 on the scale 0-1."""
        features: Tensor = self.trunk(self.normalise(images))
        return features


def build(architecture: str, seed: int, weights: Weights = RANDOM, size: int | None = None) -> Backbone:
    """Build a backbone.

    Parameters
    ----------
    architecture : str
        A timm model name, or squeezenet1_1.
    seed : int
        Of the random initialisation; the caller's generator is left as it was.
    weights : Weights
        From `load_choice`; `RANDOM` is a declared random initialisation.
    size : int, optional
        Side of the inputs in pixels, checked when the architecture takes only one size.

    Raises
    ------
    StudyError
        When there is no such architecture, it takes no input of that size, or the weights belong to another one.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        trunk = OTHERS[architecture]() if architecture in OTHERS else _build_timm(architecture, size)
    if weights.tensors is not None:
        trunk.load_state_dict(trunk.state_dict() | dict(match_weights(trunk, architecture, weights).used))
    return Backbone(trunk, weights).to(memory_format=torch.channels_last)


def _build_timm(architecture: str, size: int | None) -> nn.Module:
    if not timm.is_model(architecture):
        rule = f"{architecture!r} is neither a timm model nor one of {', '.join(OTHERS)}"
        raise StudyError("params.yaml, architecture", rule, "use a name from `timm.list_models()`")
    trunk = timm.create_model(architecture, pretrained=False, num_classes=0)
    config = cast(dict[str, Any], trunk.pretrained_cfg)
    side = config["input_size"][-1]
    if config.get("fixed_input_size") and size not in (None, side):
        raise StudyError("params.yaml, size", f"{architecture} takes only images of {side} pixels", f"set size: {side}")
    return trunk


def match_weights(trunk: nn.Module, architecture: str, weights: Weights) -> Match:
    """Match the tensors of starting weights with a trunk; a classifier in the file is not used.

    Raises
    ------
    StudyError
        When the weights belong to another architecture.
    """
    state, tensors = trunk.state_dict(), weights.tensors or {}
    if weights.match == "order":
        return match_in_order(tensors, state, architecture)
    children = [name for name, _ in trunk.named_children()]
    return match_by_name(tensors, weights.prefix, state, children, architecture)
