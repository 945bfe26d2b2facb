"""Three-dimensional surface renderings, as scanners show them: a lit relief in sepia."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from sonomics.simulate.anatomy.adnexal_mass import Mass
from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.geometry import Floats

SHAPE = (300, 330)
SEPIA = np.array([1.0, 0.78, 0.5])
SEPIA_GAMMA = np.array([0.8, 1.05, 1.45])


def draw_rendering(mass: Mass | None, generator: np.random.Generator) -> NDArray[np.uint8]:
    """Render the inner surface of an opened cyst, or of an ovary with its follicles.

    Parameters
    ----------
    mass : Mass or None
    generator : numpy Generator

    Returns
    -------
    (300, 330, 3) uint8 array
        Black around the rendered volume.
    """
    row, column = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    x, z = (column - SHAPE[1] / 2) / 3, (row - SHAPE[0] / 2) / 3
    height = 2.4 * smooth_field(generator, x, z, 6) + 0.7 * smooth_field(generator, x, z, 1.6)
    if mass is None:
        for _ in range(generator.integers(4, 8)):
            height = _hollow(
                height, x, z, generator.uniform(-24, 24), generator.uniform(-18, 18), generator.uniform(4, 9)
            )
    else:
        height = _opened_cyst(height, mass, x, z, generator)
    light = _lit(height) * _occluded(height)
    grain = gaussian_filter(generator.standard_normal(SHAPE).astype(np.float32), 0.9)
    light = np.clip(light * (1 + 0.12 * grain), 0, 1) * _volume(x, z, generator)
    picture: NDArray[np.uint8] = (255 * SEPIA * light[..., None] ** SEPIA_GAMMA).astype(np.uint8)
    return picture


def _opened_cyst(height: Floats, mass: Mass, x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    size = 24 + 0.18 * mass.size_mm
    opened = _hollow(height, x, z, generator.uniform(-4, 4), generator.uniform(-4, 4), size)
    for _ in range(mass.septa):
        turn, offset = generator.uniform(0, np.pi), generator.uniform(-0.5, 0.5) * size
        across = x * np.cos(turn) + z * np.sin(turn) - offset
        opened += 0.5 * size * np.exp(-((across / 1.6) ** 2)) * (np.hypot(x, z) < size)
    for _ in range(mass.papillary + int(8 * mass.solid)):
        angle, away = generator.uniform(0, 2 * np.pi), generator.uniform(0.2, 0.8) * size
        bump = generator.uniform(3, 7)
        near = np.hypot(x - away * np.cos(angle), z - away * np.sin(angle)) / bump
        opened += 1.2 * bump * np.sqrt(np.maximum(1 - near**2, 0))
    return opened


def _hollow(height: Floats, x: Floats, z: Floats, at_x: float, at_z: float, size: float) -> Floats:
    away = np.hypot(x - at_x, z - at_z)
    depth: Floats = height - 0.8 * np.sqrt(np.maximum(size**2 - away**2, 0)) + 2 * np.exp(-(((away - size) / 2) ** 2))
    return depth


def _lit(height: Floats) -> Floats:
    """Return Lambert's shading of a relief lit from above and the left."""
    slope_z, slope_x = np.gradient(gaussian_filter(height, 1.2), 1 / 3)
    light = np.array([-0.5, -0.6, 0.62]) / np.linalg.norm([-0.5, -0.6, 0.62])
    facing = (-slope_x * light[0] - slope_z * light[1] + light[2]) / np.sqrt(1 + slope_x**2 + slope_z**2)
    shading: Floats = 0.12 + 0.88 * np.clip(facing, 0, 1)
    return shading


def _occluded(height: Floats) -> Floats:
    """Return less than 1 where the relief lies deeper than its surroundings."""
    occlusion: Floats = np.clip(1 + (height - gaussian_filter(height, 22)) / 26, 0.15, 1.1)
    return occlusion


def _volume(x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    """Return 1 inside the outline of the rendered volume, 0 outside."""
    bulge = 1 + 0.05 * smooth_field(generator, x, z, 14)
    reach = np.maximum(np.abs(x) / 50, np.abs(z) / 44) ** 4 + (np.hypot(x, z) / 58) ** 4
    return (1 / (1 + np.exp(np.clip((reach * bulge - 1) / 0.05, -30, 30)))).astype(np.float32)
