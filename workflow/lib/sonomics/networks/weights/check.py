"""Check the starting weights of every network of a study before any work.

No torch here.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sonomics.core.params import overlaid
from sonomics.networks.weights.locate import locate
from sonomics.networks.weights.registry import Entry, find_entry


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
        As `find_entry` and `locate`.
    """
    located: set[Entry] = set()
    for key, network in list_networks(params, phases):
        weights_key = f"{where}, {key}.weights"
        entry = find_entry(network["weights"], network["architecture"], weights_key)
        if entry and entry not in located:
            locate(entry, weights_key)
            located.add(entry)


def list_networks(params: Mapping[str, Any], phases: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """List the key and the settings of every network of a study, for each of its variants."""
    for variant in params["study"]["variants"]:
        yield from _list_variant(overlaid(params, variant), phases)


def _list_variant(params: Mapping[str, Any], phases: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "clean" in phases and params["clean"]["qc"]["heads"]:
        yield "clean.qc.network", params["clean"]["qc"]["network"]
    for phase, kind in (("extract", "families"), ("train", "models")):
        if phase in phases:
            for name, part in params[phase][kind].items():
                if "weights" in part:
                    yield f"{phase}.{kind}.{name}", part
