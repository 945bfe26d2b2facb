"""Read trunks saved by Keras, which names layers and orders kernels in its own way."""

from collections.abc import Mapping
from pathlib import Path

import h5py
import torch
from torch import Tensor

from sonomics.core.errors import StudyError

# Bytes of one layer: a file of a few may state any number. A convention.
MOST_BYTES = 2**30
# Fire module of SqueezeNet 1.1 in Keras -> position in torchvision's sequence, which also counts pools and
# activations.
_FIRE = {2: 3, 3: 4, 4: 6, 5: 7, 6: 9, 7: 10, 8: 11, 9: 12}
_SQUEEZENET = {"conv1": "features.0"} | {
    f"fire{keras}/{part}": f"features.{torchvision}.{part.replace('squeeze1x1', 'squeeze')}"
    for keras, torchvision in _FIRE.items()
    for part in ("squeeze1x1", "expand1x1", "expand3x3")
}
# Architecture -> Keras layer -> our layer; each layer is a convolution with a bias.
LAYERS: Mapping[str, Mapping[str, str]] = {"squeezenet1_1": _SQUEEZENET}


def read_keras(path: Path, architecture: str) -> dict[str, Tensor]:
    """Read the convolutions of a Keras h5 file.

    Returns
    -------
    dict of str to Tensor
        Kernels (out, in, rows, columns), which Keras stores as (rows, columns, in, out), and biases.

    Raises
    ------
    StudyError
        When Keras' names of the architecture's layers are not known, or the file lacks a layer.
    """
    if architecture not in LAYERS:
        rule = f"the names that Keras gives the layers of {architecture} are not known"
        raise StudyError(str(path), rule, f"use one of {', '.join(LAYERS)}, or a PyTorch or safetensors file")
    tensors = {}
    with h5py.File(path) as file:
        layers = file.get("model_weights", file)
        for theirs, ours in LAYERS[architecture].items():
            arrays = _read_layer(layers, theirs)
            if sorted(array.ndim for array in arrays) != [1, 4]:
                rule = f"the layer {theirs} of {architecture} is not in the file as a convolution with a bias"
                raise StudyError(str(path), rule, f"use a file of {architecture}")
            bias, kernel = sorted(arrays, key=lambda array: array.ndim)
            tensors[f"{ours}.weight"] = kernel.permute(3, 2, 0, 1).contiguous()
            tensors[f"{ours}.bias"] = bias
    return tensors


def _read_layer(layers: h5py.Group, name: str) -> list[Tensor]:
    if name not in layers:
        return []
    layer = layers[name]
    weights = [layer[weight] for weight in layer.attrs["weight_names"]]
    if any(weight.nbytes > MOST_BYTES for weight in weights):
        raise ValueError("a layer is impossibly large")
    return [torch.from_numpy(weight[()]) for weight in weights]
