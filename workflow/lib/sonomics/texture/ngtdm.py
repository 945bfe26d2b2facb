"""Neighbouring grey tone differences (Amadasun & King 1989); names are PyRadiomics'."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.counts import Counts

NAMES = ("Busyness", "Coarseness", "Complexity", "Contrast", "Strength")


@njit(cache=True)
def ngtdm_features(pixels: Counts, differences: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the features of grey tone differences.

    Parameters
    ----------
    pixels : (highest + 1,) int64 array
        Pixels of each level.
    differences : (highest + 1,) float array
        Sum of their distances to the mean of their neighbours.

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
    for one in range(1, len(pixels)):
        if pixels[one] == 0:
            continue
        for two in range(1, len(pixels)):
            if pixels[two] == 0:
                continue
            p, q, apart = pixels[one] / total, pixels[two] / total, float(one - two)
            spread += p * q * apart**2
            busy += abs(one * p - two * q)
            complexity += abs(apart) * (p * differences[one] + q * differences[two]) / (p + q)
            strength += (p + q) * apart**2
    values = np.zeros(5)
    values[0] = weighted / busy if busy else 0.0
    values[1] = 1 / weighted if weighted else 1e6
    values[2] = complexity / total
    values[3] = spread * summed / total / (present * (present - 1)) if present > 1 else 0.0
    values[4] = strength / summed if summed else 0.0
    return values
