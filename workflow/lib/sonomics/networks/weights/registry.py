"""The registry of starting weights: each entry binds a file, by its content, to what its input must look like.

No torch here: a study's weights are checked before any work.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sonomics.core.errors import StudyError
from sonomics.core.settings.networks import Weights

NONE = "none"
WHERE = "params.yaml, weights"
_BUILT_IN = Path(__file__).with_name("registry.yaml")

Choice = str | Weights | Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """Starting weights, as an entry of the registry or params.yaml describes them.

    Attributes
    ----------
    name : str
    architecture : str
        As `build` takes it.
    sha256 : str
        SHA-256 of the file in hexadecimal, or its first digits.
    mean, std : tuple of float
        Of the three channels, in the order of `channels`.
    size : int
        Side of the input that the weights were trained on, pixels.
    grey : {"repeat", "average"}
        How grey becomes three channels: each normalised by its own mean and std, or all by the averages.
    licence, citation : str
    file, hub : str
        Where the weights are: a path, or a repository of the Hugging Face hub, `owner/name` or `owner/name@revision`.
    scale : float
        Input value of a white pixel before normalisation, 1 or 255.
    channels : {"RGB", "BGR"}
    prefix : str
        Text before timm's names of the tensors in a PyTorch checkpoint.
    """

    name: str
    architecture: str
    sha256: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    size: int
    grey: str
    licence: str
    citation: str = ""
    file: str = ""
    hub: str = ""
    scale: float = 1.0
    channels: str = "RGB"
    prefix: str = ""


@cache
def registry() -> dict[str, Entry]:
    """Return the entries that come with sonomics."""
    entries = yaml.safe_load(_BUILT_IN.read_text(encoding="utf-8"))
    return {name: _make_entry(name, values) for name, values in entries.items()}


def find_entry(choice: Choice, architecture: str, where: str = WHERE) -> Entry | None:
    """Find the entry that a `weights` key of params names.

    Parameters
    ----------
    choice : str, Weights or mapping
        "none"; the name of an entry of the registry; an entry written out; or `entry`, its name, and another `file`.
        A mapping has the keys of `Weights`.
    architecture : str
        Architecture of the network that the weights are for.
    where : str
        Key of params, for messages.

    Returns
    -------
    Entry or None
        None for "none".

    Raises
    ------
    StudyError
        When there is no such entry, or it is for another architecture.
    """
    if choice == NONE:
        return None
    weights = Weights.partial({"entry": choice} if isinstance(choice, str) else _plain(choice))
    if weights.entry is not None:
        if weights.entry not in registry():
            rule = f"the registry has no weights {weights.entry!r} ({', '.join(registry())})"
            raise StudyError(where, rule, "name one of them, write an entry out, or write none")
        entry = registry()[weights.entry]
        entry = replace(entry, file=weights.file or entry.file)
    else:
        name = Path(weights.file).name if weights.file is not None else str(weights.hub)
        entry = _make_entry(name, weights.plain())
    if entry.architecture != architecture:
        rule = f"the weights {entry.name} are for {entry.architecture}, not for {architecture}"
        raise StudyError(where, rule, f"set architecture: {entry.architecture}, or other weights")
    return entry


def _plain(choice: Weights | Mapping[str, Any]) -> Mapping[str, Any]:
    return choice.plain() if isinstance(choice, Weights) else choice


def _make_entry(name: str, values: Mapping[str, Any]) -> Entry:
    return Entry(name=name, **{**values, "mean": tuple(values["mean"]), "std": tuple(values["std"])})
