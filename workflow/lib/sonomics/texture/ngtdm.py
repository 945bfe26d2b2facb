"""Features of neighbouring grey tone differences (Amadasun & King 1989); names are PyRadiomics'."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.counts import Counts

NAMES = ("Busyness", "Coarseness", "Complexity", "Contrast", "Strength")


@njit(cache=True)
def ngtdm_features(pixels: Counts, differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the features of neighbouring grey tone differences.

    Parameters
    ----------
    pixels : (highest + 1,) int64 array
        Number of pixels of each level.
    differences : (highest + 1,) float array
        Sum over these pixels of the distance to the mean level of their neighbours.

    Returns
    -------
    (5,) float array
        In the order of `NAMES`. Where a denominator is zero, PyRadiomics' convention: coarseness 1e6, others 0.
        All NaN when no pixel was counted.
    """
    total, present = 0, 0
    for level in range(1, len(pixels)):
        total += pixels[level]
        present += pixels[level] > 0
    if total == 0:
        return np.full(5, np.nan)
    weighted, summed = 0.0, 0.0
    for level in range(1, len(pixels)):
        weighted += pixels[level] / total * differences[level]
        summed += differences[level]
    spread, busy, complexity, strength = 0.0, 0.0, 0.0, 0.0
    for i in range(1, len(pixels)):
        if pixels[i] == 0:
            continue
        for j in range(1, len(pixels)):
            if pixels[j] == 0:
                continue
            p, q, apart = pixels[i] / total, pixels[j] / total, float(i - j)
            spread += p * q * apart**2
            busy += abs(i * p - j * q)
            complexity += abs(apart) * (p * differences[i] + q * differences[j]) / (p + q)
            strength += (p + q) * apart**2
    values = np.zeros(5)
    values[0] = weighted / busy if busy else 0.0
    values[1] = 1 / weighted if weighted else 1e6
    values[2] = complexity / total
    values[3] = spread * summed / total / (present * (present - 1)) if present > 1 else 0.0
    values[4] = strength / summed if summed else 0.0
    return values
