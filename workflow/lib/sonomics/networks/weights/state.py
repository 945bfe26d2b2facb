"""Networks as plain tensors, for safetensors files."""

from collections.abc import Mapping
from typing import TypeVar

from torch import Tensor, nn

Network = TypeVar("Network", bound=nn.Module)


def to_tensors(network: nn.Module) -> dict[str, Tensor]:
    """Return a network's parameters and buffers on the CPU, sorted by name, each with memory of its own."""
    state = network.state_dict()
    return {name: state[name].detach().cpu().clone().contiguous() for name in sorted(state)}


def from_tensors(network: Network, tensors: Mapping[str, Tensor]) -> Network:
    """Fill a network that was built like the one saved, and set it to inference.

    Raises
    ------
    RuntimeError
        When names or shapes differ.
    """
    network.load_state_dict(dict(tensors))
    network.eval()
    return network
