"""Compute MaZda's families of features of one region."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.texture.discretise import Mask, Pixels, lay_in_window
from sonomics.texture.mazda.distribution import GRADIENT, HISTOGRAM, gradient_features, histogram_features
from sonomics.texture.mazda.geometry import GEOMETRY, measure_geometry
from sonomics.texture.mazda.matrices import COOCCURRENCE, RUN_LENGTH, cooccurrence_features, run_length_features
from sonomics.texture.mazda.model import AUTOREGRESSION, ENERGY, fit_autoregression, wavelet_energy
from sonomics.texture.mazda.normalise import grey_range, quantise

FAMILIES: dict[str, tuple[str, ...]] = {
    "histogram": HISTOGRAM,
    "gradient": GRADIENT,
    "run_length": RUN_LENGTH,
    "cooccurrence": COOCCURRENCE,
    "autoregression": AUTOREGRESSION,
    "wavelet": ENERGY,
    "geometry": GEOMETRY,
}
# Bit depths of grey levels, MaZda's own defaults.
BITS = {"histogram": 8, "gradient": 4, "run_length": 6, "cooccurrence": 6, "autoregression": 8, "wavelet": 8}
PAD = 5


def name_features(families: Sequence[str]) -> list[str]:
    """Name the features of families, the same for every region.

    Raises
    ------
    StudyError
        When there is no family, or one that is unknown.
    """
    where, fix = "params.yaml, extract.families", f"use some of {', '.join(FAMILIES)}"
    if not families:
        raise StudyError(where, "kind mazda needs at least one MaZda family", fix)
    for family in families:
        if family not in FAMILIES:
            raise StudyError(where, f"{family} is not a MaZda family", fix)
    return [name for family in families for name in FAMILIES[family]]


def compute_features(
    pixels: Pixels,
    mask: Mask,
    families: Sequence[str],
    normalisation: str,
    bits: Mapping[str, int] | None = None,
    spacing: float = 1.0,
) -> NDArray[np.float64]:
    """Compute MaZda's features of one region.

    Parameters
    ----------
    pixels : (rows, columns) float array
        Grey levels, 0 to 255.
    mask : (rows, columns) bool array
        The region.
    families : sequence of str
        Of `FAMILIES`.
    normalisation : str
        `none`, `sigma` or `percentiles`, as in `sonomics.texture.mazda.normalise.grey_range`.
    bits : mapping of str to int, optional
        Bit depth of a family, where it is not that of `BITS`.
    spacing : float
        Edge of a pixel, the unit of geometry.

    Returns
    -------
    (features,) float array
        In the order of `name_features`. All NaN when the region is empty; all but geometry when it holds a NaN or an
        infinity, or is constant and a normalisation has no range to work with.
    """
    if not mask.any():
        return np.full(len(name_features(families)), np.nan)
    values = pixels[mask]
    bounds = grey_range(values, normalisation)
    depths = {**BITS, **(bits or {})}
    return np.concatenate(
        [
            measure_geometry(mask, spacing)
            if family == "geometry"
            else _compute_family(family, values, mask, bounds, depths[family])
            for family in families
        ]
    )


def _compute_family(
    family: str, values: NDArray[np.float64], mask: Mask, bounds: tuple[float, float], bits: int
) -> NDArray[np.float64]:
    levels = quantise(values, bounds, bits) if np.isfinite(values).all() else None
    if levels is None:
        return np.full(len(FAMILIES[family]), np.nan)
    if family == "histogram":
        return histogram_features(levels)
    window, highest = lay_in_window(levels, mask, PAD), 2**bits
    if family == "gradient":
        return gradient_features(window, PAD)
    if family == "run_length":
        return run_length_features(window, highest, PAD)
    if family == "cooccurrence":
        return cooccurrence_features(window, highest, PAD)
    box = window[PAD:-PAD, PAD:-PAD]
    grey, region = box.astype(np.float64) - 1, box > 0
    return fit_autoregression(grey, region) if family == "autoregression" else wavelet_energy(grey, region)
