"""The lesion: how simulated traits become its outline, its echo level and its texture."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.geometry import Floats

HARMONICS = np.arange(3, 12)


@dataclass(frozen=True)
class LesionTraits:
    """What the simulator knows of a case.

    `margin`, `texture`, `echo`, `arterial` and `washout` are standard normal in the population; larger goes with
    earlier recurrence.

    Attributes
    ----------
    size_mm : float
        Largest diameter.
    cirrhosis : float
        1 when the liver's own texture is coarse, else 0.
    """

    size_mm: float
    cirrhosis: float
    margin: float
    texture: float
    echo: float
    arterial: float
    washout: float


@dataclass(frozen=True)
class Outline:
    """A closed curve around a point, r(angle) = radius x ellipse x (1 + harmonics).

    Attributes
    ----------
    x, z : float
        Centre in tissue coordinates, mm.
    radius_mm : float
        Half the longest axis before the harmonics.
    aspect : float
        Short over long axis.
    tilt : float
        Direction of the long axis, radians.
    amplitudes, phases : tuple of float
        One each for `HARMONICS`.
    """

    x: float
    z: float
    radius_mm: float
    aspect: float
    tilt: float
    amplitudes: tuple[float, ...]
    phases: tuple[float, ...]

    def radius(self, angle: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return the distance in mm from the centre to the margin in each direction (radians)."""
        along, across = np.cos(angle - self.tilt), np.sin(angle - self.tilt) / self.aspect
        wave = sum(
            amplitude * np.cos(order * angle + phase)
            for order, amplitude, phase in zip(HARMONICS, self.amplitudes, self.phases, strict=True)
        )
        radius: NDArray[np.floating] = self.radius_mm / np.hypot(along, across) * (1 + wave)
        return radius

    def outside(self, x: Floats, z: Floats) -> Floats:
        """Return the distance in mm to the margin along the ray from the centre, negative inside."""
        dx, dz = x - self.x, z - self.z
        angles = np.linspace(-np.pi, np.pi, 721)
        margin = np.interp(np.arctan2(dz, dx), angles, self.radius(angles))
        distance: Floats = (np.hypot(dx, dz) - margin).astype(np.float32)
        return distance


def margin_irregularity(margin: float) -> float:
    """Return the relative standard deviation of the radius for a margin trait."""
    return float(0.015 + 0.085 * ndtr(margin))


def echo_level_db(echo: float) -> float:
    """Return the lesion's echo level against the liver: the larger the value, the darker."""
    return float(-3.0 - 8.5 * ndtr(echo))


def texture_db(texture: float) -> tuple[float, float]:
    """Return the spread of the lesion's echo level (dB) and its correlation length (mm)."""
    share = float(ndtr(texture))
    return 0.8 + 4.2 * share, 1.0 + 2.5 * share


def draw_outline(traits: LesionTraits, at: tuple[float, float], generator: np.random.Generator) -> Outline:
    """Draw the outline of a case's lesion in one view.

    Parameters
    ----------
    traits : LesionTraits
    at : (float, float)
        Centre (x, z) in mm.
    generator : numpy Generator
    """
    weights = generator.standard_normal(HARMONICS.size) / np.sqrt(HARMONICS)
    amplitudes = weights * margin_irregularity(traits.margin) / np.sqrt((weights**2).sum() / 2)
    phases = generator.uniform(0, 2 * np.pi, HARMONICS.size)
    return Outline(
        *at,
        radius_mm=traits.size_mm / 2,
        aspect=generator.uniform(0.72, 0.95),
        tilt=generator.uniform(-0.6, 0.6),
        amplitudes=tuple(amplitudes),
        phases=tuple(phases),
    )


def insert_lesion(
    level_db: Floats, outline: Outline, traits: LesionTraits, x: Floats, z: Floats, generator: np.random.Generator
) -> Floats:
    """Put a lesion into a map of echo levels.

    Parameters
    ----------
    level_db : (samples, beams) float array
        Echo level of the tissue around, dB.
    outline : Outline
    traits : LesionTraits
    x, z : (samples, beams) float arrays
        Tissue coordinates, mm.
    generator : numpy Generator

    Returns
    -------
    (samples, beams) float32 array
    """
    outside = outline.outside(x, z)
    near = outside < 4
    spread, correlation = texture_db(traits.texture)
    inside_db = echo_level_db(traits.echo) + spread * smooth_field(generator, x[near], z[near], correlation)
    share = 1 / (1 + np.exp(np.clip(outside[near] / np.float32(0.5), -30, 30)))
    mixed = level_db.copy()
    mixed[near] = (1 - share) * level_db[near] + share * inside_db
    return mixed
