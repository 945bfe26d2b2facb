"""Smooth random fields, for tissue that is not the same everywhere."""

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from sonomics.simulate.scanner.geometry import Floats


def smooth_field(generator: np.random.Generator, x: Floats, z: Floats, correlation_mm: float) -> Floats:
    """Draw a Gaussian random field of unit variance and sample it.

    Parameters
    ----------
    generator : numpy Generator
    x, z : float arrays of one shape
        Where to sample, mm.
    correlation_mm : float
        Standard deviation of the smoothing kernel.

    Returns
    -------
    float32 array of the shape of `x`
    """
    pitch = correlation_mm / 2
    origin = min(x.min(), x.max()) - pitch, z.min() - pitch
    counts = [int(np.ceil(extent / pitch)) + 4 for extent in (np.ptp(x), np.ptp(z))]
    lattice = gaussian_filter(generator.standard_normal(counts, dtype=np.float32), 2.0, mode="wrap", truncate=3)
    lattice *= np.float32(2 * np.sqrt(np.pi) * 2.0)
    places = np.stack([(x - origin[0]) / pitch, (z - origin[1]) / pitch])
    field: Floats = map_coordinates(lattice, places, order=1, mode="nearest", output=np.float32)
    return field
