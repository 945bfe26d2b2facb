"""From scatterers to grey levels: point-spread function, envelope, gain and log compression.

The modulated pulse is demodulated on paper, not on the computer: many scatterers within a wavelength add up to a
circular complex Gaussian field (Goodman 1975; Wagner et al. 1983), so that field is drawn at once and filtered with
the envelope of the pulse and of the beam.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.fft import fft, fftfreq, ifft, next_fast_len

from sonomics.simulate.scanner.geometry import Floats

Echoes = NDArray[np.complex64]

_FWHM = 2.3548  # full width at half maximum of a Gaussian in standard deviations


def scatterers(generator: np.random.Generator, shape: tuple[int, ...]) -> Echoes:
    """Draw circular complex Gaussian scatterers of unit mean power."""
    parts = generator.standard_normal((*shape, 2), dtype=np.float32) * np.float32(np.sqrt(0.5))
    return parts.view(np.complex64)[..., 0]


def decorrelated(field: Echoes, correlation: float, generator: np.random.Generator) -> Echoes:
    """Move scatterers a little: a field of the same power that has a stated correlation with the former one."""
    fresh = scatterers(generator, field.shape)
    return np.float32(correlation) * field + np.float32(np.sqrt(1 - correlation**2)) * fresh


def beam_width(depths_mm: Floats, focus_mm: float, at_focus_mm: float, depth_of_field_mm: float) -> Floats:
    """Return the beam's lateral width, smallest at the focus.

    Parameters
    ----------
    depths_mm : (samples,) float array
    focus_mm : float
        Focal depth.
    at_focus_mm : float
        Full width at half maximum in the focus.
    depth_of_field_mm : float
        Distance from the focus at which the width has grown by sqrt(2), as for a Gaussian beam.

    Returns
    -------
    (samples,) float32 array
        Full widths at half maximum in mm.
    """
    growth = np.sqrt(1 + ((depths_mm - focus_mm) / depth_of_field_mm) ** 2)
    width: Floats = (at_focus_mm * growth).astype(np.float32)
    return width


def beamform(field: Echoes, axial_fwhm: float, lateral_fwhm: Floats) -> Echoes:
    """Filter scatterers with a Gaussian pulse and a beam of depth-dependent width.

    Parameters
    ----------
    field : (samples, beams) complex array
        Scatterers times the amplitude of the tissue.
    axial_fwhm : float
        Pulse length in samples.
    lateral_fwhm : (samples,) float array
        Beam width at each depth, in beams.

    Returns
    -------
    (samples, beams) complex64 array
        Echoes; where the tissue is uniform, their mean power is that of the field at every depth.
    """
    samples, beams = field.shape
    wide = next_fast_len(beams + int(3 * lateral_fwhm.max() / _FWHM))
    across = _gaussian_response(wide, lateral_fwhm[:, None])
    echoes = ifft(fft(field, n=wide, axis=1) * across, axis=1)[:, :beams]
    deep = next_fast_len(samples + int(3 * axial_fwhm / _FWHM))
    along = _gaussian_response(deep, np.array([[axial_fwhm]], np.float32))
    filtered: Echoes = ifft(fft(echoes, n=deep, axis=0) * along.T, axis=0)[:samples]
    return filtered


def log_compress(echoes: Echoes, gain_db: float | Floats, dynamic_range_db: float) -> Floats:
    """Turn echoes into grey levels.

    Parameters
    ----------
    echoes : (samples, beams) complex array
    gain_db : float or array that broadcasts
        Added after the envelope is taken (time-gain compensation and overall gain); 0 dB shows mean power 1 in the
        middle of the grey scale.
    dynamic_range_db : float
        Echo levels shown between black and white.

    Returns
    -------
    (samples, beams) float32 array
        In [0, 255].
    """
    envelope = np.abs(echoes)
    level = 20 * np.log10(np.maximum(envelope, np.float32(1e-6))) + gain_db
    return np.clip(255 * (level / np.float32(dynamic_range_db) + np.float32(0.5)), 0, 255).astype(np.float32)


def _gaussian_response(length: int, fwhm: Floats) -> Floats:
    frequency = fftfreq(length).astype(np.float32)[None, :]
    response = np.exp(-2 * (np.pi * fwhm / np.float32(_FWHM) * frequency) ** 2)
    unit_power: Floats = (response / np.sqrt((response**2).mean(axis=1, keepdims=True))).astype(np.float32)
    return unit_power
