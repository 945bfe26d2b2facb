"""Build every network of a study before any work, to find those that cannot be built."""

from collections.abc import Collection, Mapping
from typing import Any

import torch

from sonomics.core.errors import StudyError
from sonomics.kinds.families.deep import Deep
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.layer_features import Features
from sonomics.networks.weights.check import list_networks


def check_networks(params: Mapping[str, Any], phases: Collection[str], where: str = "params.yaml") -> None:
    """Check that every network of a study can be built, without memory for its weights.

    Parameters
    ----------
    params : mapping
        Checked parameters of a study.
    phases : collection of str
        Phases about to run.
    where : str
        Name of the file of parameters, for messages.

    Raises
    ------
    StudyError
        When an architecture does not exist, does not take inputs of the given size, or lacks a named layer.
    """
    built: set[tuple[Any, ...]] = set()
    for key, network in list_networks(params, phases):
        layers = network.layers or [] if isinstance(network, Deep) else []
        pooling = network.pooling if isinstance(network, Deep) else None
        recipe = (network.architecture, network.size, tuple(layers), pooling)
        if recipe in built:
            continue
        try:
            with torch.device("meta"):
                Features(build(network.architecture, 0, size=network.size), layers, pooling, network.size)
        except StudyError as stopped:
            raise StudyError(f"{where}, {key}", stopped.rule, stopped.fix) from None
        built.add(recipe)
