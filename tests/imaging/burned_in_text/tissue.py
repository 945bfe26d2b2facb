"""Smoothed speckle without any text."""

import numpy as np


def echoes(seed, rows=200, columns=280):
    """Draw smoothed speckle, of a mean level of about 31."""
    noise = np.random.default_rng(seed).rayleigh(25, (rows, columns))
    smooth = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1) + np.roll(noise, (1, 1), (0, 1))) / 4
    return smooth.clip(0, 255).astype(np.uint8)
