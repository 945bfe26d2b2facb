"""Load starting weights: those of an entry of the registry, or random numbers by declared choice."""

from collections.abc import Mapping
from dataclasses import dataclass

from torch import Tensor

from sonomics.core.settings import networks as settings
from sonomics.networks.weights.checkpoints import read_checkpoint
from sonomics.networks.weights.locate import locate
from sonomics.networks.weights.registry import Entry, find_entry

_ORDER = {"RGB": (0, 1, 2), "BGR": (2, 1, 0)}


@dataclass(frozen=True)
class Weights:
    """Starting weights, and how their inputs are normalised.

    Attributes
    ----------
    mean, std : tuple of float
        Of the network's three channels, on the scale 0-1.
    order : tuple of int
        Which of red, green and blue (0, 1, 2) each channel is.
    tensors : mapping of str to Tensor, or None
        Those of the file; None for a random initialisation.
    prefix : str
        Text before the names of the tensors.
    match : {"name", "order"}
        Whether the tensors have timm's names, or only timm's order.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    order: tuple[int, ...] = (0, 1, 2)
    tensors: Mapping[str, Tensor] | None = None
    prefix: str = ""
    match: str = "name"


RANDOM = Weights(mean=(0.5,) * 3, std=(0.25,) * 3)


def load_choice(choice: settings.Weights, architecture: str) -> Weights:
    """Load the weights that a `weights` key of params names.

    Parameters
    ----------
    choice : str, EntryElsewhere or WrittenOut
        As `registry.find_entry` takes it.
    architecture : str

    Raises
    ------
    StudyError
        When the file or its package is missing or altered, or is for another architecture.
    """
    entry = find_entry(choice, architecture)
    return RANDOM if entry is None else load_weights(entry)


def load_weights(entry: Entry) -> Weights:
    """Load the file of an entry.

    With `grey: average` every channel has the average mean and std, so that grey looks the same in all three.

    Raises
    ------
    StudyError
        As `locate.locate` and `checkpoints.read_checkpoint`.
    """
    tensors = read_checkpoint(locate(entry), entry.architecture)
    mean = tuple(value / entry.scale for value in entry.mean)
    std = tuple(value / entry.scale for value in entry.std)
    if entry.grey == "average":
        mean, std = (sum(mean) / 3,) * 3, (sum(std) / 3,) * 3
    return Weights(mean, std, _ORDER[entry.channels], tensors, entry.prefix, entry.match)
