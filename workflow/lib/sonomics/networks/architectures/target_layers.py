"""Find the layer of a network's last feature map, and turn the output of a layer into a map of rows and columns."""

from math import isqrt

from torch import Tensor, nn

from sonomics.networks.architectures.backbones import Backbone

# Family (the module that defines the trunk) -> the last layer whose output is a map, all of whose places the network's
# output depends on. After the last block of a vision transformer only the class token is used, so that the other tokens
# have no gradient there: the map is taken before the attention of that block.
TARGETS = {
    "resnet": "layer4",
    "resnetv2": "norm",
    "regnet": "s4",
    "byobnet": "stages",
    "nfnet": "final_conv",
    "convnext": "stages",
    "densenet": "features",
    "squeezenet": "features",
    "mobilenetv3": "blocks",
    "efficientnet": "blocks",
    "vision_transformer": "blocks.-1.norm1",
    "beit": "blocks.-1.norm1",
    "swin_transformer": "norm",
    "swin_transformer_v2": "norm",
}


def name_family(backbone: Backbone) -> str:
    """Name the family of a backbone: the module in which its trunk is defined."""
    return type(backbone.trunk).__module__.rpartition(".")[2]


def find_target_layer(backbone: Backbone) -> nn.Module | None:
    """Find the layer whose map Grad-CAM uses; None when the family is not in `TARGETS`."""
    name = TARGETS.get(name_family(backbone))
    return None if name is None else find_layer(backbone.trunk, name)


def find_layer(trunk: nn.Module, name: str) -> nn.Module:
    """Find a module by its dotted name; a negative number counts from the end of a sequence.

    Raises
    ------
    AttributeError
        When there is no module of that name.
    """
    module = trunk
    for part in name.split("."):
        module = list(module.children())[int(part)] if part.startswith("-") else module.get_submodule(part)
    return module


def to_map(output: Tensor, trunk: nn.Module) -> Tensor:
    """Turn the output of a layer into a map.

    Parameters
    ----------
    output : Tensor
        Output of a layer of `trunk`: (n, channels, rows, columns), or (n, rows, columns, channels) when `output_fmt`
        says so, or tokens (n, tokens, channels), the class and register tokens first.
    trunk : nn.Module

    Returns
    -------
    (n, channels, rows, columns) Tensor

    Raises
    ------
    ValueError
        When the output is not a map.
    """
    if output.ndim == 4:
        channels_last = str(getattr(trunk, "output_fmt", "NCHW")).endswith("NHWC")
        return output.permute(0, 3, 1, 2) if channels_last else output
    if output.ndim == 3:
        leading = int(getattr(trunk, "num_prefix_tokens", 0))
        side = isqrt(output.shape[1])
        # Before the layer that adds the class token, all tokens are patches.
        patches = output if side**2 == output.shape[1] else output[:, leading:]
        side = isqrt(patches.shape[1])
        if side**2 == patches.shape[1]:
            return patches.transpose(1, 2).reshape(len(output), output.shape[2], side, side)
    raise ValueError(f"an output of shape {tuple(output.shape)} is not a map")
