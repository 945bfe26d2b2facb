"""Crops at another pixel spacing."""

import numpy as np

from sonomics.extract.crops import resample


def test_resampling_keeps_area_and_brightness():
    pixels = np.full((20, 30), 100, np.uint8)
    mask = np.zeros(pixels.shape, bool)
    mask[4:16, 6:24] = True
    smaller, inside = resample.resample(pixels, mask, 0.5)
    assert smaller.shape == inside.shape == (10, 15)
    assert (smaller == 100).all()
    assert inside.sum() == mask.sum() / 4
