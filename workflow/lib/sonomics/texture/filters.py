"""Filtered copies of an image from which features are computed.

Names and formulas are those of PyRadiomics (van Griethuysen et al. 2017, Cancer Res 77:e104) unless another is named.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import numpy as np
import pywt
from numba import njit

from sonomics.kinds.radiomics import Filters, LaplacianOfGaussian, LocalBinaryPatterns, Plain, Wavelet
from sonomics.kinds.wording import values_of
from sonomics.texture.discretise import Pixels

_BANDS = ("LL", "LH", "HL", "HH")


def name_images(filters: Filters) -> list[str]:
    """Name the images that `filter_image` yields, in its order.

    Parameters
    ----------
    filters : Filters
        Those that are set, in their order.
    """
    names: list[str] = []
    for name, settings in values_of(filters).items():
        if isinstance(settings, Wavelet):
            names.extend(f"wavelet_{band}" for band in _BANDS)
        elif isinstance(settings, LaplacianOfGaussian):
            names.extend(f"log_{sigma:g}" for sigma in settings.sigma)
        else:
            names.append(name)
    return names


def filter_image(pixels: Pixels, filters: Filters, spacing: float = 1.0) -> Iterator[tuple[str, Pixels]]:
    """Yield every filtered image with its name.

    Parameters
    ----------
    pixels : (rows, columns) float array
        The crop, grey levels.
    filters : Filters
        Those that are set, in their order.
    spacing : float
        Edge of a pixel; the unit of the Gaussian's sigma.

    Yields
    ------
    (str, (rows, columns) float array)
        The name, as in `name_images`, and the image.

    Raises
    ------
    TypeError
        When the pixels are not floating-point numbers: 8-bit arithmetic overflows silently.
    """
    if not np.issubdtype(pixels.dtype, np.floating):
        raise TypeError(f"pixels are {pixels.dtype}, which overflows when filtered and binned; give float64")
    for name, settings in values_of(filters).items():
        yield from FILTERS[name](pixels, settings, spacing)


def original(pixels: Pixels, _: Plain, __: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the image itself."""
    yield "original", pixels


def wavelet(pixels: Pixels, settings: Wavelet, _: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the four bands of one level of the undecimated wavelet transform (Nason & Silverman 1995).

    The first letter of a band is the filter along a row, as in PyRadiomics. An image with an odd number of rows or
    columns gets its first one appended; then it is continued periodically.
    """
    low, high = _load_wavelet(settings.wavelet)
    reach = len(low) // 2
    rows, columns = pixels.shape
    even = np.pad(pixels, ((0, rows % 2), (0, columns % 2)), mode="wrap")
    padded = np.pad(even, ((reach - 1, reach), (reach - 1, reach)), mode="wrap")
    for letter, kernel in (("L", low), ("H", high)):
        along = _convolve_rows(padded, kernel)
        for other, across in (("L", low), ("H", high)):
            band = np.zeros((rows, columns))
            _add_convolved_columns(band, along, across)
            yield f"wavelet_{letter}{other}", band


def log(pixels: Pixels, settings: LaplacianOfGaussian, spacing: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the Laplacian of a Gaussian times sigma squared (Lindeberg 1998) for each sigma.

    The Gaussian is cut off at four sigma; border pixels are repeated outwards.
    """
    for sigma in settings.sigma:
        width = sigma / spacing
        smooth, curved = _gaussian(width)
        reach = len(smooth) // 2
        padded = np.pad(pixels, reach, mode="edge")
        laplacian = np.zeros(pixels.shape)
        _add_convolved_columns(laplacian, _convolve_rows(padded, smooth), width**2 * curved)
        _add_convolved_columns(laplacian, _convolve_rows(padded, curved), width**2 * smooth)
        yield f"log_{sigma:g}", laplacian


def square(pixels: Pixels, _: Plain, __: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the squares, scaled to the range of the image."""
    largest = np.abs(pixels).max()
    yield "square", (1 / np.sqrt(largest) * pixels) ** 2 if largest else pixels


def squareroot(pixels: Pixels, _: Plain, __: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the square roots with the sign of the pixels, scaled to the range of the image."""
    yield "squareroot", np.sign(pixels) * np.sqrt(np.abs(pixels) * np.abs(pixels).max())


def logarithm(pixels: Pixels, _: Plain, __: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the logarithms of 1 + the absolute pixels, with the pixels' sign, scaled to the range of the image."""
    largest = np.abs(pixels).max()
    yield "logarithm", np.sign(pixels) * np.log1p(np.abs(pixels)) * (largest / np.log1p(largest) if largest else 1.0)


def exponential(pixels: Pixels, _: Plain, __: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the exponentials, scaled to keep the largest pixel; all 1 when no pixel is above 1."""
    largest = np.abs(pixels).max()
    yield "exponential", np.exp(np.log(largest) / largest * pixels) if largest > 1 else np.ones_like(pixels)


def gradient(pixels: Pixels, _: Plain, spacing: float) -> Iterator[tuple[str, Pixels]]:
    """Yield the length of the gradient by central differences; border pixels are repeated outwards."""
    padded = np.pad(pixels, 1, mode="edge")
    down, along = padded[2:, 1:-1] - padded[:-2, 1:-1], padded[1:-1, 2:] - padded[1:-1, :-2]
    yield "gradient", np.hypot(down, along) / (2 * spacing)


def lbp2d(pixels: Pixels, settings: LocalBinaryPatterns, _: float) -> Iterator[tuple[str, Pixels]]:
    """Yield uniform local binary patterns (Ojala, Pietikäinen & Mäenpää 2002) of whole grey levels."""
    from skimage.feature import local_binary_pattern

    levels = np.rint(pixels).astype(np.int32)
    yield "lbp2d", local_binary_pattern(levels, settings.samples, settings.radius, "uniform")


Filter = Callable[[Pixels, Any, float], Iterator[tuple[str, Pixels]]]
FILTERS: dict[str, Filter] = {
    function.__name__: function
    for function in (original, wavelet, log, square, squareroot, logarithm, exponential, gradient, lbp2d)
}


@cache
def _load_wavelet(name: str) -> tuple[Pixels, Pixels]:
    bank = pywt.Wavelet(name)
    return np.array(bank.dec_lo[::-1]), np.array(bank.dec_hi[::-1])


@cache
def _gaussian(sigma: float) -> tuple[Pixels, Pixels]:
    """Return the samples of a Gaussian and of its second derivative."""
    reach = int(4 * sigma + 0.5)
    distance = np.arange(-reach, reach + 1)
    smooth = np.exp(-0.5 * (distance / sigma) ** 2)
    smooth /= smooth.sum()
    return smooth, smooth * (distance**2 / sigma**4 - 1 / sigma**2)


# Sums are added up from the last tap to the first, as PyWavelets does, so that a coefficient on the edge between two
# bins (many of Haar's wavelet are) falls into the same bin.
@njit(cache=True)
def _convolve_rows(padded: Pixels, kernel: Pixels) -> Pixels:
    rows, columns = padded.shape[0], padded.shape[1] - len(kernel) + 1
    sums = np.zeros((rows, columns))
    for row in range(rows):
        for tap in range(len(kernel) - 1, -1, -1):
            _add_weighted(sums[row], kernel[tap], padded[row, tap:])
    return sums


@njit(cache=True)
def _add_convolved_columns(sums: Pixels, padded: Pixels, kernel: Pixels) -> None:
    for row in range(len(sums)):
        for tap in range(len(kernel) - 1, -1, -1):
            _add_weighted(sums[row], kernel[tap], padded[row + tap])


@njit(cache=True)
def _add_weighted(sums: Pixels, weight: float, line: Pixels) -> None:
    for pixel in range(len(sums)):
        sums[pixel] += weight * line[pixel]
