"""Build every network of a study before any work, to find out which of them cannot be."""

from collections.abc import Collection, Mapping
from typing import Any

import torch

from sonomics.core.errors import StudyError
from sonomics.networks.architectures.backbones import build
from sonomics.networks.architectures.layer_features import Features
from sonomics.networks.weights.registry import networks_of


def check_networks(params: Mapping[str, Any], phases: Collection[str], where: str = "params.yaml") -> None:
    """Build every network of a study without memory for its weights, before any work.

    Parameters
    ----------
    params : mapping
        Checked parameters of a study.
    phases : collection of str
        Those about to run.
    where : str
        Named in messages.

    Raises
    ------
    StudyError
        When there is no such architecture, it takes no input of the size, or it has no such layer.
    """
    built: set[tuple[Any, ...]] = set()
    for place, network in networks_of(params, phases):
        architecture, size = network["architecture"], network["size"]
        layers, pooling = tuple(network.get("layers", ())), network.get("pooling", "")
        if (architecture, size, layers, pooling) in built:
            continue
        try:
            with torch.device("meta"):
                Features(build(architecture, 0, size=size), layers, pooling, size)
        except StudyError as stopped:
            raise StudyError(f"{where}, {place}", stopped.rule, stopped.mend) from None
        built.add((architecture, size, layers, pooling))
