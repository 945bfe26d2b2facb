"""Where a network's last feature map is, and how what a layer gives becomes a map of rows and columns."""

from math import isqrt

from torch import Tensor, nn

from sonomics.networks.architectures.backbones import Backbone

# Family (the module that defines the trunk) -> the layer whose map still has places and on which the output depends
# through all of them. In a vision transformer the class token alone is read after the last block, so that its other
# tokens have no gradient there: the map is taken before its attention.
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


def family_of(backbone: Backbone) -> str:
    """Name the family of a backbone: the module in which its trunk is defined."""
    return type(backbone.trunk).__module__.rpartition(".")[2]


def target_layer(backbone: Backbone) -> nn.Module | None:
    """Find the layer whose map is explained; None when the family is not in the table."""
    name = TARGETS.get(family_of(backbone))
    return None if name is None else layer_of(backbone.trunk, name)


def layer_of(trunk: nn.Module, name: str) -> nn.Module:
    """Find a module by its dotted name; a negative number counts from the end of a sequence.

    Raises
    ------
    AttributeError
        When there is none of that name.
    """
    module = trunk
    for part in name.split("."):
        module = list(module.children())[int(part)] if part.startswith("-") else module.get_submodule(part)
    return module


def as_map(output: Tensor, trunk: nn.Module) -> Tensor:
    """Lay out what a layer gives as a map.

    Parameters
    ----------
    output : Tensor
        Of a layer of `trunk`: (n, channels, rows, columns), (n, rows, columns, channels) in networks that say so
        (`output_fmt`), or tokens (n, tokens, channels), the class and register tokens first.
    trunk : nn.Module

    Returns
    -------
    (n, channels, rows, columns) Tensor

    Raises
    ------
    ValueError
        When the output has no places.
    """
    if output.ndim == 4:
        last = str(getattr(trunk, "output_fmt", "NCHW")).endswith("NHWC")
        return output.permute(0, 3, 1, 2) if last else output
    if output.ndim == 3:
        leading = int(getattr(trunk, "num_prefix_tokens", 0))
        side = isqrt(output.shape[1])
        # A layer before the class token is added has none.
        places = output if side**2 == output.shape[1] else output[:, leading:]
        side = isqrt(places.shape[1])
        if side**2 == places.shape[1]:
            return places.transpose(1, 2).reshape(len(output), output.shape[2], side, side)
    raise ValueError(f"an output of shape {tuple(output.shape)} is no map")
