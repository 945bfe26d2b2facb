"""Convert networks to plain tensors and back, for safetensors files."""

from collections.abc import Mapping
from typing import TypeVar

from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


def to_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Return the parameters and buffers of a network on the CPU, sorted by name, each with its own memory."""
    state = network.state_dict()
    return {name: state[name].detach().cpu().clone().contiguous() for name in sorted(state)}


def from_tensors(network: Network, tensors: Mapping[str, Tensor]) -> Network:
    """Fill a network of the same architecture with tensors, and set it to inference.

    Raises
    ------
    RuntimeError
        When names or shapes differ.
    """
    network.load_state_dict(dict(tensors))
    network.eval()
    return network
