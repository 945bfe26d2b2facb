"""Normalise the grey levels of a region in MaZda's three ways, and quantise them to a bit depth."""

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.texture.discretise import Pixels

# Highest grey level of an image.
WHITE = 255.0


def _whole_range(_: Pixels) -> tuple[float, float]:
    return 0.0, WHITE


def _three_sigma(values: Pixels) -> tuple[float, float]:
    return float(values.mean() - 3 * values.std()), float(values.mean() + 3 * values.std())


def _percentiles(values: Pixels) -> tuple[float, float]:
    low, high = np.percentile(values, [1, 99])
    return float(low), float(high)


RANGES = {"none": _whole_range, "sigma": _three_sigma, "percentiles": _percentiles}


def grey_range(values: Pixels, normalisation: str) -> tuple[float, float]:
    """Return the grey levels that become the lowest and the highest level after normalisation.

    Parameters
    ----------
    values : (n,) float array
        Grey levels of the region, 0 to 255, not empty.
    normalisation : str
        `none`: 0 to 255; `sigma`: mean minus and plus three standard deviations; `percentiles`: 1st to 99th
        (Szczypiński, Strzelecki, Materka & Klepaczko 2009, Comput Meth Prog Biomed 94:66; Collewet, Strzelecki &
        Mariette 2004, Magn Reson Imaging 22:81).

    Raises
    ------
    StudyError
        When the normalisation is unknown.
    """
    if normalisation not in RANGES:
        where = "params.yaml, extract.families"
        raise StudyError(where, f"{normalisation} is not a normalisation of MaZda's", f"use one of {', '.join(RANGES)}")
    return RANGES[normalisation](values)


def quantise(values: Pixels, bounds: tuple[float, float], bits: int) -> NDArray[np.int32] | None:
    """Quantise grey levels.

    Parameters
    ----------
    values : (n,) float array
        Grey levels.
    bounds : (float, float)
        From `grey_range`; grey levels outside become the nearest level.
    bits : int
        Bit depth.

    Returns
    -------
    (n,) int32 array or None
        Levels 1 to 2^bits, of equal width; None when the bounds are equal.
    """
    low, high = bounds
    if not high > low:
        return None
    count = 2**bits
    # Whole grey levels fill the levels evenly: the range ends one grey level above the highest.
    width = high - low + (1.0 if (low, high) == (0.0, WHITE) else 0.0)
    scaled = np.floor((values - low) / width * count)
    return np.asarray(np.clip(scaled, 0, count - 1).astype(np.int32) + 1)
