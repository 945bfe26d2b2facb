"""The registry of starting weights: each entry binds a file, by its content, to what its input must look like.

No torch here: a study's weights are checked before any work.
"""

from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path

from sonomics.core.errors import StudyError
from sonomics.core.files import read_yaml
from sonomics.core.settings.networks import EntryElsewhere, Weights, WrittenOut

NONE = "none"
WHERE = "params.yaml, weights"
_BUILT_IN = Path(__file__).with_name("registry.yaml")


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
    file, package, hub : str or None
        Where the weights are: a path; a path within an installed Python package; or a repository of the Hugging Face
        hub, `owner/name` or `owner/name@revision`. Either file or hub is None.
    pretrained_on : str
        Images that the weights were trained on.
    scale : float
        Input value of a white pixel before normalisation, 1 or 255.
    channels : {"RGB", "BGR"}
    prefix : str
        Text before timm's names of the tensors in a PyTorch checkpoint.
    match : {"name", "order"}
        Whether the tensors have timm's names, or only timm's order.
    use : {"free", "non_commercial", "unclear"}
        What the licence allows.
    data : tuple of str
        Public data sets that the weights were trained on.
    """

    name: str
    architecture: str
    sha256: str
    mean: tuple[float, ...]
    std: tuple[float, ...]
    size: int
    grey: str
    licence: str
    citation: str
    file: str | None
    package: str | None
    hub: str | None
    pretrained_on: str
    scale: float
    channels: str
    prefix: str
    match: str
    use: str
    data: tuple[str, ...]


@cache
def registry() -> dict[str, Entry]:
    """Return the entries that come with sonomics."""
    entries = read_yaml(_BUILT_IN)
    return {name: _make_entry(name, WrittenOut.partial(values)) for name, values in entries.items()}


def find_entry(choice: Weights, architecture: str, where: str = WHERE) -> Entry | None:
    """Find the entry that a `weights` key of params names.

    Parameters
    ----------
    choice : str, EntryElsewhere or WrittenOut
        "none", or the name of an entry of the registry; such a name with another file; or an entry written out.
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
    if isinstance(choice, WrittenOut):
        entry = _make_entry(Path(choice.file).name if choice.file is not None else str(choice.hub), choice)
    elif isinstance(choice, EntryElsewhere):
        entry = replace(_look_up(choice.entry, where), file=choice.file, package=None, hub=None)
    else:
        entry = _look_up(choice, where)
    if entry.architecture != architecture:
        rule = f"the weights {entry.name} are for {entry.architecture}, not for {architecture}"
        raise StudyError(where, rule, f"set architecture: {entry.architecture}, or other weights")
    return entry


def _look_up(name: str, where: str) -> Entry:
    if name not in registry():
        rule = f"the registry has no weights {name!r} ({', '.join(registry())})"
        raise StudyError(where, rule, "name one of them, write an entry out, or write none")
    return registry()[name]


def _make_entry(name: str, weights: WrittenOut) -> Entry:
    described = {field.name: getattr(weights, field.name) for field in fields(Entry) if field.name != "name"}
    return Entry(
        name=name, **{**described, "mean": tuple(weights.mean), "std": tuple(weights.std), "data": tuple(weights.data)}
    )
