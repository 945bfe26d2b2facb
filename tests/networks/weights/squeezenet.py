"""SqueezeNet 1.1 in numpy, straight from the arrays of a Keras h5 file: an independent account of what it means."""

from pathlib import Path

import h5py
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Array = NDArray[np.float64]
FIRES = range(2, 10)
POOLED_AFTER = (3, 5)


def convolved(image: Array, kernel: Array, bias: Array, stride: int = 1, pad: int = 0) -> Array:
    """Correlate (rows, columns, in) with (rows, columns, in, out), as Keras keeps kernels; then ReLU."""
    image = np.pad(image, [(pad, pad), (pad, pad), (0, 0)])
    windows = sliding_window_view(image, kernel.shape[:2], axis=(0, 1))[::stride, ::stride]
    return np.maximum(np.einsum("rcixy,xyio->rco", windows, kernel, optimize=True) + bias, 0)


def pooled(image: Array) -> Array:
    return sliding_window_view(image, (3, 3), axis=(0, 1))[::2, ::2].max(axis=(3, 4))


def layer(file: h5py.File, name: str) -> tuple[Array, Array]:
    kernel, bias = (file[name][weight][()].astype(np.float64) for weight in file[name].attrs["weight_names"])
    return kernel, bias


def squeezenet(path: Path, blue_green_red: Array) -> Array:
    """Return the last map (rows, columns, 512) of an image (rows, columns, 3), 0-255, mean not yet subtracted."""
    with h5py.File(path) as file:
        maps = pooled(convolved(blue_green_red - [103.939, 116.779, 123.68], *layer(file, "conv1"), stride=2))
        for fire in FIRES:
            squeezed = convolved(maps, *layer(file, f"fire{fire}/squeeze1x1"))
            narrow = convolved(squeezed, *layer(file, f"fire{fire}/expand1x1"))
            wide = convolved(squeezed, *layer(file, f"fire{fire}/expand3x3"), pad=1)
            maps = np.concatenate([narrow, wide], axis=2)
            maps = pooled(maps) if fire in POOLED_AFTER else maps
    return maps
