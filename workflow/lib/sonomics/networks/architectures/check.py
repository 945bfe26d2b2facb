"""Build every network of a study before any work, to find those that cannot be built or filled."""

from collections.abc import Collection, Mapping
from typing import Any

import torch

from sonomics.core.errors import StudyError
from sonomics.kinds.families.deep import Deep
from sonomics.networks.architectures.backbones import build, match_weights
from sonomics.networks.architectures.layer_features import Features
from sonomics.networks.weights.check import list_networks
from sonomics.networks.weights.load import load_weights
from sonomics.networks.weights.matching import Match
from sonomics.networks.weights.registry import Entry, find_entry

SHOWN = 3


def check_networks(params: Mapping[str, Any], phases: Collection[str], where: str = "params.yaml") -> list[str]:
    """Check that every network of a study can be built, and that its starting weights are for it.

    Parameters
    ----------
    params : mapping
        Checked parameters of a study.
    phases : collection of str
        Phases about to run.
    where : str
        Name of the file of parameters, for messages.

    Returns
    -------
    list of str
        Once per file of starting weights: the first network that takes it, and how many tensors are used and not used.

    Raises
    ------
    StudyError
        When an architecture does not exist, does not take inputs of the given size, lacks a named layer, or is not
        that of the weights.
    """
    built: set[tuple[Any, ...]] = set()
    filled: dict[Entry, str] = {}
    for key, network in list_networks(params, phases):
        layers = network.layers or [] if isinstance(network, Deep) else []
        pooling = network.pooling if isinstance(network, Deep) else None
        entry = find_entry(network.weights, network.architecture, f"{where}, {key}.weights")
        recipe = (network.architecture, network.size, tuple(layers), pooling, entry)
        if recipe in built:
            continue
        try:
            with torch.device("meta"):  # no memory for the network
                backbone = build(network.architecture, 0, size=network.size)
                Features(backbone, layers, pooling, network.size)
            if entry is not None and entry not in filled:
                match = match_weights(backbone.trunk, network.architecture, load_weights(entry))
                filled[entry] = f"{key}: {_describe_match(match, entry)}"
        except StudyError as stopped:
            raise StudyError(f"{where}, {key}", stopped.rule, stopped.fix) from None
        built.add(recipe)
    return list(filled.values())


def _describe_match(match: Match, entry: Entry) -> str:
    others = f" ({', '.join(match.unused[:SHOWN])}{', ...' * (len(match.unused) > SHOWN)})" if match.unused else ""
    used = f"{len(match.used)} tensors of {entry.name} are used"
    return f"{used}, {len(match.unused)} not used{others}"
