"""Filtered copies of an image from which features are computed."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pywt
from numpy.typing import NDArray
from scipy.ndimage import gaussian_laplace

from sonomics.core.errors import StudyError

Pixels = NDArray[np.float64]

_BANDS = {"aa": "LL", "ad": "LH", "da": "HL", "dd": "HH"}


def filter_names(filters: Mapping[str, Any]) -> list[str]:
    """Name the images that `filtered` makes, in its order.

    Parameters
    ----------
    filters : mapping
        `original: {}`, `wavelet: {wavelet: coif1}`, `log: {sigma: [1, 2]}`, any of them.

    Raises
    ------
    StudyError
        When a filter is unknown or there is none.
    """
    if not filters:
        raise StudyError("params.yaml, extract.families", "no filter, no image", "write `original: {}`")
    names: list[str] = []
    for name, settings in filters.items():
        if name == "original":
            names.append(name)
        elif name == "wavelet":
            names.extend(f"wavelet_{band}" for band in _BANDS.values())
        elif name == "log":
            names.extend(f"log_{sigma:g}" for sigma in settings["sigma"])
        else:
            rule = f"unknown filter {name}"
            raise StudyError("params.yaml, extract.families", rule, "use original, wavelet or log")
    return names


def filtered(pixels: Pixels, filters: Mapping[str, Any], spacing: float = 1.0) -> Iterator[tuple[str, Pixels]]:
    """Yield every filtered image with its name.

    Parameters
    ----------
    pixels : (rows, columns) float array
        The crop, grey levels.
    filters : mapping
        As in `filter_names`; sigma in the unit of `spacing`.
    spacing : float
        Edge of a pixel.

    Yields
    ------
    (str, (rows, columns) float array)
        `original`; the four bands `wavelet_LL` ... `wavelet_HH` of one level of the undecimated wavelet transform
        (first letter: along a row, as in PyRadiomics); `log_<sigma>`, the Laplacian of a Gaussian times sigma squared.
    """
    for name, settings in filters.items():
        if name == "original":
            yield name, pixels
        elif name == "wavelet":
            yield from _wavelet_bands(pixels, settings.get("wavelet", "coif1"))
        else:
            for sigma in settings["sigma"]:
                width = sigma / spacing
                yield f"log_{sigma:g}", width**2 * gaussian_laplace(pixels, width, mode="nearest")


def _wavelet_bands(pixels: Pixels, wavelet: str) -> Iterator[tuple[str, Pixels]]:
    rows, columns = pixels.shape
    even = np.pad(pixels, ((0, rows % 2), (0, columns % 2)), mode="wrap")
    bands = pywt.swtn(even, wavelet, level=1, start_level=0, axes=(1, 0))[0]
    for key, name in _BANDS.items():
        yield f"wavelet_{name}", bands[key][:rows, :columns]
