"""Files of weights as tensors by name: safetensors, PyTorch checkpoints and Keras h5."""

import pickle
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from sonomics.core.errors import StudyError

# What a PyTorch checkpoint may wrap the state in.
_WRAPPERS = ("state_dict", "model_state_dict", "model")


def read_checkpoint(path: Path, architecture: str) -> dict[str, Tensor]:
    """Read a file of weights.

    Parameters
    ----------
    path : Path
        `.safetensors`; `.pt`, `.pth` or `.bin` (PyTorch, tensors alone: nothing pickled is run); `.h5` (Keras).
    architecture : str
        For Keras, whose layers have other names.

    Raises
    ------
    StudyError
        When the file is of another kind, holds more than tensors, or its layers are not those of the architecture.
    """
    if path.suffix not in _READERS:
        rule = f"{path.suffix or 'no suffix'} is not a kind of weights file that can be read"
        raise StudyError(str(path), rule, f"give one of {', '.join(_READERS)}")
    return _READERS[path.suffix](path, architecture)


def _safetensors(path: Path, architecture: str) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(path)
    except SafetensorError as error:
        raise StudyError(str(path), f"the file is no safetensors ({error})", "save or fetch it anew") from None
    return tensors


def _pytorch(path: Path, architecture: str) -> dict[str, Tensor]:
    mend = "save the model's state_dict() alone, and state the SHA-256 of that file"
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError):
        raise StudyError(str(path), "the checkpoint holds more than tensors, or is no checkpoint", mend) from None
    for wrapper in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    if not isinstance(content, Mapping):
        raise StudyError(str(path), "the checkpoint holds no tensors by name", mend)
    return {name: tensor for name, tensor in content.items() if isinstance(tensor, Tensor)}


def _keras(path: Path, architecture: str) -> dict[str, Tensor]:
    from sonomics.networks.weights.keras import read_keras

    return read_keras(path, architecture)


_READERS: Mapping[str, Callable[[Path, str], dict[str, Tensor]]] = {
    ".safetensors": _safetensors,
    ".pt": _pytorch,
    ".pth": _pytorch,
    ".bin": _pytorch,
    ".h5": _keras,
}


def renamed(
    tensors: Mapping[str, Tensor], prefix: str, wanted: Collection[str], children: Sequence[str]
) -> dict[str, Tensor]:
    """Give the tensors of a checkpoint the names that a network has for them.

    Parameters
    ----------
    tensors : mapping
    prefix : str
        Taken off every name; what does not begin with it is left out.
    wanted : collection of str
        The names of the network's state.
    children : sequence of str
        The network's first-level modules, in order. RadImageNet's checkpoints count them (`backbone.4.0.conv1.weight`
        for `layer1.0.conv1.weight`) because they put them into a sequence before saving.

    Returns
    -------
    dict
        Those that the network has; a classifier, say, is left out.
    """
    found = {}
    for name, tensor in tensors.items():
        if not name.startswith(prefix):
            continue
        bare = name.removeprefix(prefix)
        first, _, rest = bare.partition(".")
        if bare not in wanted and first.isdecimal() and int(first) < len(children):
            bare = f"{children[int(first)]}.{rest}"
        if bare in wanted:
            found[bare] = tensor
    return found
