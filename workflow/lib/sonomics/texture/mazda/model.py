"""MaZda's autoregressive model and Haar wavelet energies."""

import numpy as np
from numpy.typing import NDArray

from sonomics.texture.discretise import Mask, Pixels

AUTOREGRESSION = ("Teta1", "Teta2", "Teta3", "Teta4", "Sigma")
SCALES = range(1, 9)
BANDS = ("LL", "LH", "HL", "HH")
ENERGY = tuple(f"WavEn{band}_s-{scale}" for scale in SCALES for band in BANDS)
# Smallest number of pixels for a least-squares fit of four weights.
FEWEST = 8


def fit_autoregression(levels: Pixels, mask: Mask) -> NDArray[np.float64]:
    """Fit each pixel by the four neighbours that precede it.

    Parameters
    ----------
    levels : (rows, columns) float array
        Levels; those outside the region are ignored.
    mask : (rows, columns) bool array
        The region, not empty.

    Returns
    -------
    (5,) float array
        Least-squares weights of the left, upper left, upper and upper right neighbour, and the standard deviation of
        the residuals; levels are standardised over the region first. All NaN when the region is constant, has fewer
        than 8 pixels with all four neighbours, or neighbours that do not vary independently.

    Notes
    -----
    Hu & Dennis (1994), J Mod Opt 41:1621; Materka & Strzelecki (1998), section 3.2.
    """
    undefined = np.full(len(AUTOREGRESSION), np.nan)
    values = levels[mask]
    if values.std() == 0:
        return undefined
    standard = np.pad((levels - values.mean()) / values.std(), 1)
    known = np.pad(mask, 1)
    preceding = [(slice(1, -1), slice(0, -2)), (slice(0, -2), slice(0, -2))]
    preceding += [(slice(0, -2), slice(1, -1)), (slice(0, -2), slice(2, None))]
    centre = (slice(1, -1), slice(1, -1))
    usable = known[centre] & np.logical_and.reduce([known[shift] for shift in preceding])
    if usable.sum() < FEWEST:
        return undefined
    neighbours = np.stack([standard[shift][usable] for shift in preceding], axis=1)
    weights, _, rank, _ = np.linalg.lstsq(neighbours, standard[centre][usable], rcond=1e-10)
    if rank < len(preceding):
        return undefined
    residuals = standard[centre][usable] - neighbours @ weights
    return np.array([*weights, np.sqrt((residuals**2).mean())])


def wavelet_energy(levels: Pixels, mask: Mask) -> NDArray[np.float64]:
    """Compute the mean energy of Haar wavelet coefficients by scale and band.

    Parameters
    ----------
    levels : (rows, columns) float array
        Levels of the region's bounding box.
    mask : (rows, columns) bool array
        The region in it.

    Returns
    -------
    (32,) float array
        In the order of `ENERGY`: bands LL, LH, HL, HH (first letter: along a row) of scale 1, then of 2 and so on to 8,
        each the mean squared coefficient over blocks of 2^scale pixels that lie wholly in the region; NaN where none
        does. Coefficients are half sums and half differences, so that LL stays in levels.

    Notes
    -----
    Mallat (1989), IEEE Trans Pattern Anal 11:674; Materka & Strzelecki (1998), section 4. Blocks start at the upper
    left corner of the bounding box.
    """
    values = np.full((len(SCALES), len(BANDS)), np.nan)
    smooth, known = levels, mask
    for scale in range(len(SCALES)):
        rows, columns = smooth.shape[0] // 2 * 2, smooth.shape[1] // 2 * 2
        corners = [(slice(a, rows, 2), slice(b, columns, 2)) for a in (0, 1) for b in (0, 1)]
        known = np.logical_and.reduce([known[corner] for corner in corners])
        if not known.any():
            break
        a, b, c, d = (smooth[corner] for corner in corners)
        bands = ((a + b + c + d) / 4, (a + b - c - d) / 4, (a - b + c - d) / 4, (a - b - c + d) / 4)
        values[scale] = [(band[known] ** 2).mean() for band in bands]
        smooth = bands[0]
    return values.ravel()
