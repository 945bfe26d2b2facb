"""Trunks saved by Keras: other names, kernels the other way round."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import torch
from torch import Tensor

from sonomics.core.errors import StudyError

# The fire modules of SqueezeNet 1.1 in torchvision's sequence; the numbers between are pools and activations.
_FIRE = {2: 3, 3: 4, 4: 6, 5: 7, 6: 9, 7: 10, 8: 11, 9: 12}
_SQUEEZENET = {"conv1": "features.0"} | {
    f"fire{keras}/{part}": f"features.{torchvision}.{part.replace('squeeze1x1', 'squeeze')}"
    for keras, torchvision in _FIRE.items()
    for part in ("squeeze1x1", "expand1x1", "expand3x3")
}
# Architecture -> Keras layer -> our layer. Each is a convolution with a bias.
LAYERS: Mapping[str, Mapping[str, str]] = {"squeezenet1_1": _SQUEEZENET}


def read_keras(path: Path, architecture: str) -> dict[str, Tensor]:
    """Read the convolutions of a Keras h5 file.

    Returns
    -------
    dict of str to Tensor
        Kernels as (out, in, rows, columns); Keras keeps them as (rows, columns, in, out).

    Raises
    ------
    StudyError
        When the layers of the architecture are not known by Keras names, or the file lacks one.
    """
    if architecture not in LAYERS:
        rule = f"the names that Keras gives the layers of {architecture} are not known"
        raise StudyError(str(path), rule, f"use one of {', '.join(LAYERS)}, or a PyTorch or safetensors file")
    tensors = {}
    with h5py.File(path) as file:
        layers = file.get("model_weights", file)
        for theirs, ours in LAYERS[architecture].items():
            arrays = _arrays(layers, theirs)
            if sorted(array.ndim for array in arrays) != [1, 4]:
                rule = f"the layer {theirs} of {architecture} is not there as a convolution with a bias"
                raise StudyError(str(path), rule, f"give a file of {architecture}")
            bias, kernel = sorted(arrays, key=lambda array: array.ndim)
            tensors[f"{ours}.weight"] = kernel.permute(3, 2, 0, 1).contiguous()
            tensors[f"{ours}.bias"] = bias
    return tensors


def _arrays(layers: h5py.Group, name: str) -> list[Tensor]:
    if name not in layers:
        return []
    layer = layers[name]
    return [torch.from_numpy(layer[weight][()]) for weight in layer.attrs["weight_names"]]
