"""Starting weights of networks: a file whose content is known, or none by declared choice."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from safetensors.torch import load
from torch import Tensor

from sonomics.core.errors import StudyError

NONE = "none"


@dataclass(frozen=True)
class Weights:
    """Starting weights, bound to the way their inputs were normalised.

    Attributes
    ----------
    tensors : mapping of str to Tensor
        The backbone's state; empty for a random initialisation.
    mean, std : float
        Of the grey intensities, on the scale 0-1, that the weights expect.
    """

    mean: float
    std: float
    tensors: Mapping[str, Tensor] = field(default_factory=dict)


RANDOM = Weights(mean=0.5, std=0.25)
# The grey equivalent of ImageNet's channel means and deviations.
IMAGENET_GREY = (0.449, 0.226)


def weights_of(choice: str | Mapping[str, str]) -> Weights:
    """Load what a `weights` key of params states.

    Parameters
    ----------
    choice : str or mapping
        "none", or `file` (safetensors) and `sha256`. A file holds weights made for ImageNet's normalisation.

    Raises
    ------
    StudyError
        When the file is missing or is another one than stated.
    """
    if choice == NONE:
        return RANDOM
    if isinstance(choice, str):
        raise StudyError("params.yaml, weights", f"unknown weights {choice!r}", "write none, or a file and its sha256")
    mean, std = IMAGENET_GREY
    return Weights(mean, std, load_weights(Path(choice["file"]), choice["sha256"]))


def load_weights(path: Path, digest: str) -> dict[str, Tensor]:
    """Load weights whose content is pinned.

    Parameters
    ----------
    path : Path
        A safetensors file.
    digest : str
        SHA-256 of the file, hexadecimal.

    Returns
    -------
    dict of str to Tensor

    Raises
    ------
    StudyError
        When the file is missing or is another one than stated.
    """
    if not path.exists():
        raise StudyError(str(path), "the starting weights are missing", f"put the file with sha256 {digest} there")
    content = path.read_bytes()
    found = sha256(content).hexdigest()
    if found != digest:
        rule = f"the weights are not those stated: sha256 is {found}, params say {digest}"
        raise StudyError(str(path), rule, "restore the file, or state the new sha256 in params.yaml")
    tensors: dict[str, Tensor] = load(content)
    return tensors
