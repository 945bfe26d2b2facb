"""The registry of starting weights: each entry binds a file, by its content, to what its input must look like.

No torch here: a study's weights are checked before any work.
"""

import hashlib
import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sonomics.core.errors import StudyError
from sonomics.core.params import overlaid

NONE = "none"
HUB_FILE = "model.safetensors"
_BUILT_IN = Path(__file__).with_name("registry.yaml")

Choice = str | Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """Starting weights, as an entry of the registry or of params states them.

    Attributes
    ----------
    name : str
    architecture : str
        As `build` takes it.
    sha256 : str
        Of the file, hexadecimal; or its first digits.
    mean, std : tuple of float
        Of the three channels, in the order of `channels`.
    size : int
        Side of the input that the weights were made for, pixels.
    grey : {"repeat", "average"}
        Whether each channel of a grey image is normalised by its own mean and std, or all by the average.
    licence, citation : str
    file, hub : str
        Where the weights are: a path, or a repository of the Hugging Face hub, `owner/name` or `owner/name@revision`.
    scale : float
        What white is before the mean is subtracted, 1 or 255.
    channels : {"RGB", "BGR"}
    prefix : str
        What stands before timm's names of the tensors in a PyTorch checkpoint.
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
    """Return the entries that the library brings."""
    entries = yaml.safe_load(_BUILT_IN.read_text(encoding="utf-8"))
    return {name: _entry(name, values) for name, values in entries.items()}


def entry_of(choice: Choice, architecture: str, where: str = "params.yaml, weights") -> Entry | None:
    """Find the entry that a `weights` key of params means.

    Parameters
    ----------
    choice : str or mapping
        "none"; the name of an entry of the registry; an entry written out; or `entry`, its name, and another `file`.
    architecture : str
        What the study states beside it.
    where : str
        Named in messages.

    Returns
    -------
    Entry or None
        None for "none".

    Raises
    ------
    StudyError
        When there is no such entry, or it is of another architecture.
    """
    if choice == NONE:
        return None
    stated = {"entry": choice} if isinstance(choice, str) else dict(choice)
    if "entry" in stated:
        name = stated["entry"]
        if name not in registry():
            rule = f"the registry has no weights {name!r} ({', '.join(registry())})"
            raise StudyError(where, rule, "name one of them, write an entry out, or write none")
        entry = registry()[name]
        entry = Entry(**{**vars(entry), "file": stated.get("file", entry.file)})
    else:
        entry = _entry(Path(stated["file"]).name if "file" in stated else stated["hub"], stated)
    if entry.architecture != architecture:
        rule = f"the weights {entry.name} are of {entry.architecture}, not of {architecture}"
        raise StudyError(where, rule, f"state architecture: {entry.architecture}, or other weights")
    return entry


def _entry(name: str, values: Mapping[str, Any]) -> Entry:
    return Entry(name=name, **{**values, "mean": tuple(values["mean"]), "std": tuple(values["std"])})


def located(entry: Entry, where: str = "params.yaml, weights") -> Path:
    """Find the file of an entry and make sure that it is the stated one.

    Raises
    ------
    StudyError
        When the file is missing or altered; it says where to put it and what its SHA-256 must be.
    """
    path = _from_hub(entry, where) if entry.hub else _local(entry, where)
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if not found.startswith(entry.sha256):
        rule = f"the file is not that of the weights {entry.name}: its SHA-256 is {found}, {entry.sha256} is expected"
        raise StudyError(str(path), rule, "put the right file there, or state the SHA-256 of the one you mean")
    return path


def _local(entry: Entry, where: str) -> Path:
    stated = os.path.expandvars(Path(entry.file).expanduser())
    wanted = f"the file with SHA-256 {entry.sha256}"
    if unset := re.search(r"\$\{?(\w+)", stated):
        rule = f"the weights {entry.name} lie in ${unset[1]}, which is not set"
        mend = f"put {wanted} into a folder as {Path(stated).name}, and export {unset[1]}=<the folder>"
        raise StudyError(where, rule, mend)
    path = Path(stated)
    if not path.is_file():
        raise StudyError(str(path), f"the starting weights {entry.name} are missing", f"put {wanted} there")
    return path


def _from_hub(entry: Entry, where: str) -> Path:
    from huggingface_hub import hf_hub_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    repository, _, revision = entry.hub.partition("@")
    stated: dict[str, Any] = {"repo_id": repository, "filename": HUB_FILE, "revision": revision or None}
    try:
        return Path(hf_hub_download(**stated, local_files_only=True))
    except LocalEntryNotFoundError:
        pass
    try:
        return Path(hf_hub_download(**stated))
    except (OSError, HfHubHTTPError) as error:
        rule = f"{HUB_FILE} of {entry.hub} is not in the cache of the hub and could not be fetched"
        rule = f"{rule} ({type(error).__name__})"
        mend = f"fetch it where there is a network (`hf download {repository} {HUB_FILE}`), and state it as `file`"
        raise StudyError(where, rule, mend) from None


def check_weights(params: Mapping[str, Any], phases: Collection[str], where: str = "params.yaml") -> None:
    """Look for the starting weights of every network, before any work.

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
        As `entry_of` and `located`.
    """
    seen: set[Entry] = set()
    for place, network in networks_of(params, phases):
        named = f"{where}, {place}.weights"
        entry = entry_of(network["weights"], network["architecture"], named)
        if entry and entry not in seen:
            located(entry, named)
            seen.add(entry)


def networks_of(params: Mapping[str, Any], phases: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the key and the settings of every network of a study, for each of its variants."""
    for variant in params["study"]["variants"]:
        yield from _networks(overlaid(params, variant), phases)


def _networks(params: Mapping[str, Any], phases: Collection[str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if "clean" in phases and params["clean"]["qc"]["heads"]:
        yield "clean.qc.network", params["clean"]["qc"]["network"]
    for phase, kind in (("extract", "families"), ("train", "models")):
        if phase in phases:
            for name, part in params[phase][kind].items():
                if "weights" in part:
                    yield f"{phase}.{kind}.{name}", part
