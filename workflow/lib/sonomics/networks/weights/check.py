"""Check the starting weights of every network of a study before any work.

No torch here.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Protocol, cast

from sonomics.core.params import overlaid
from sonomics.core.settings.base import Section
from sonomics.core.settings.networks import Weights
from sonomics.core.settings.parameters import Parameters
from sonomics.networks.weights.locate import locate
from sonomics.networks.weights.provenance import check_provenance
from sonomics.networks.weights.registry import Entry, find_entry


class Network(Protocol):
    """Settings of a network."""

    architecture: str
    weights: Weights
    size: int


def check_weights(params: Mapping[str, Any], phases: Collection[str], where: str = "params.yaml") -> None:
    """Check that the starting weights of every network are there, before any work.

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
        As `find_entry`, `check_provenance` and `locate`.
    """
    located: set[Entry] = set()
    for key, network in list_networks(params, phases):
        weights_key = f"{where}, {key}.weights"
        entry = find_entry(network.weights, network.architecture, weights_key)
        if entry and entry not in located:
            check_provenance(entry, params["study"].get("data", []), params["study"].get("accept", []), weights_key)
            locate(entry, weights_key)
            located.add(entry)


def list_networks(params: Mapping[str, Any], phases: Collection[str]) -> Iterator[tuple[str, Network]]:
    """List the key and the settings of every network of a study, for each of its variants."""
    for variant in params["study"]["variants"]:
        yield from _list_variant(Parameters.partial(overlaid(params, variant)), phases)


def _list_variant(parameters: Parameters, phases: Collection[str]) -> Iterator[tuple[str, Network]]:
    if "clean" in phases and parameters.clean.qc.heads and parameters.clean.qc.network:
        yield "clean.qc.network", parameters.clean.qc.network
    if "extract" in phases:
        yield from _with_weights("extract.families", parameters.extract.families)
    if "train" in phases:
        yield from _with_weights("train.models", parameters.train.models)


def _with_weights(key: str, sections: Mapping[str, Section]) -> Iterator[tuple[str, Network]]:
    for name, section in sections.items():
        if "weights" in type(section).model_fields:
            yield f"{key}.{name}", cast(Network, section)
