"""Read files of weights as tensors by name: safetensors, PyTorch checkpoints and Keras h5."""

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from sonomics.core.errors import StudyError, name_error

# Keys under which a PyTorch checkpoint may keep the state.
_WRAPPERS = ("state_dict", "model_state_dict", "model")


def read_checkpoint(path: Path, architecture: str) -> dict[str, Tensor]:
    """Read a file of weights.

    Parameters
    ----------
    path : Path
        `.safetensors`; `.pt`, `.pth` or `.bin` (PyTorch, tensors only: no pickled code is run); `.h5` (Keras).
    architecture : str
        For Keras files, whose layers have other names.

    Raises
    ------
    StudyError
        When the file has another type, holds more than tensors, or its layers are not those of the architecture.
    """
    if path.suffix not in _READERS:
        rule = f"{path.suffix or 'a file without suffix'} is not a type of weights file that can be read"
        raise StudyError(str(path), rule, f"use one of {', '.join(_READERS)}")
    try:
        return _READERS[path.suffix](path, architecture)
    except StudyError:
        raise
    except Exception as error:  # an empty or damaged file can make a reader raise anything
        rule = f"the file of weights cannot be read ({name_error(error)})"
        raise StudyError(str(path), rule, "save or fetch it again") from None


def _read_safetensors(path: Path, architecture: str) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(path)
    except SafetensorError as error:
        rule = f"the file is not a valid safetensors file ({error})"
        raise StudyError(str(path), rule, "save or fetch it again") from None
    return tensors


def _read_pytorch(path: Path, architecture: str) -> dict[str, Tensor]:
    fix = "save only the state_dict() of the model, and set the SHA-256 of that file"
    try:
        content: Any = torch.load(path, map_location="cpu", weights_only=True)
    except (EOFError, pickle.UnpicklingError, RuntimeError):
        raise StudyError(str(path), "the file is not a checkpoint, or holds more than tensors", fix) from None
    for wrapper in _WRAPPERS:
        if isinstance(content, Mapping) and isinstance(content.get(wrapper), Mapping):
            content = content[wrapper]
    if not isinstance(content, Mapping):
        raise StudyError(str(path), "the checkpoint holds no tensors by name", fix)
    return {name: tensor for name, tensor in content.items() if isinstance(tensor, Tensor)}


def _read_keras(path: Path, architecture: str) -> dict[str, Tensor]:
    from sonomics.networks.weights.keras import read_keras

    return read_keras(path, architecture)


_READERS: Mapping[str, Callable[[Path, str], dict[str, Tensor]]] = {
    ".safetensors": _read_safetensors,
    ".pt": _read_pytorch,
    ".pth": _read_pytorch,
    ".bin": _read_pytorch,
    ".h5": _read_keras,
}
