"""Margin: measure how grey levels change across the outline."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

MARGIN = (
    "step_thin", "step_wide", "edge_mean", "edge_sd", "edge_lowest", "edge_weak", "slope_mean", "slope_sd",
    "edge_offset", "edge_far", "halo",
)  # fmt: skip
# Bands on either side of the outline: widths as shares of the diameter, and the least width in pixels.
THIN, WIDE, NARROWEST = 0.05, 0.15, 3.0
# SD in pixels of the smoothing before slopes are taken.
SMOOTHING = 1.5
# Samples along a normal, from the one end of the wide band to the other.
SAMPLES = 21
# The outline is weak where the outside is brighter than the inside by less than this share of the surroundings' SD.
WEAK = 0.5

Floats = NDArray[np.float64]


def margin_features(
    pixels: Floats, distance: Floats, contour: Floats, diameter: float, around_sd: float
) -> NDArray[np.float64]:
    """Compute the descriptors of the margin of a lesion.

    Parameters
    ----------
    pixels : (rows, columns) float array
        Grey levels; pixels at 0 lie beyond the scan and are ignored in bands.
    distance : (rows, columns) float array
        Distance from the outline in pixels, below 0 inside.
    contour : (256, 2) float array
        x and y along the outline.
    diameter : float
        Of a disc of the lesion's area, in pixels.
    around_sd : float
        Standard deviation of the grey levels around the lesion.

    Returns
    -------
    (11,) float array
        In the order of `MARGIN`, in grey levels unless said: mean outside minus mean inside, in a thin and in a wide
        band (Shen WC et al., Ultrasound Med Biol 2007); along the normals of the outline, outside minus inside: mean,
        SD, tenth percentile and the share of the outline where it is weak; the steepest slope a sample: mean, SD, and
        its mean distance from the outline in diameters; the far ends, outside minus inside; the brightness of the
        tissue next to the outline over that beyond, a halo. NaN where a band is empty.
    """
    smooth = ndimage.gaussian_filter(pixels, SMOOTHING)
    at = np.linspace(-WIDE * diameter, WIDE * diameter, SAMPLES)
    profile = sample_profiles(smooth, distance, contour, at)
    half = SAMPLES // 2
    inner, outer = profile[:, :half], profile[:, half + 1 :]
    edge = outer.mean(axis=1) - inner.mean(axis=1)
    slope = np.diff(profile, axis=1)
    return np.array(
        [
            _band_step(pixels, distance, THIN * diameter),
            _band_step(pixels, distance, WIDE * diameter),
            edge.mean(),
            edge.std(),
            np.percentile(edge, 10),
            np.mean(edge < WEAK * around_sd),
            slope.max(axis=1).mean(),
            slope.max(axis=1).std(),
            np.abs(at[slope.argmax(axis=1)]).mean() / diameter,
            (profile[:, -3:].mean(axis=1) - profile[:, :3].mean(axis=1)).mean(),
            (outer[:, : half // 2].mean(axis=1) - outer[:, half // 2 :].mean(axis=1)).mean(),
        ]
    )


def sample_profiles(smooth: Floats, distance: Floats, contour: Floats, at: Floats) -> Floats:
    """Sample the image along the normals of an outline.

    Returns
    -------
    (points, samples) float array
        Grey levels from inside to outside; beyond the image's edge, that of the nearest pixel.
    """
    down, right = np.gradient(ndimage.gaussian_filter(distance, SMOOTHING))
    nearest = np.round(contour).astype(int)
    normal = np.stack([right, down], axis=-1)[nearest[:, 1], nearest[:, 0]]
    normal /= np.linalg.norm(normal, axis=1, keepdims=True) + 1e-6
    points = contour[:, np.newaxis] + normal[:, np.newaxis] * at[:, np.newaxis]
    return np.asarray(ndimage.map_coordinates(smooth, [points[..., 1], points[..., 0]], order=1, mode="nearest"))


def _band_step(pixels: Floats, distance: Floats, width: float) -> float:
    width = max(NARROWEST, width)
    outside = (distance > 0) & (distance <= width) & (pixels > 0)
    inside = (distance < 0) & (distance >= -width)
    return float(pixels[outside].mean() - pixels[inside].mean()) if outside.any() else np.nan
