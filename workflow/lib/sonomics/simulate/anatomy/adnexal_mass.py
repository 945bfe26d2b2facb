"""The adnexal mass: wall, locules, septa, papillary projections, solid part, calcification and its shadow."""

from dataclasses import dataclass

import numpy as np

from sonomics.simulate.anatomy.lesion import HARMONICS, Outline
from sonomics.simulate.anatomy.other_images import Tissue
from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.geometry import Floats, Sector

FLUID_DB = -34.0
GROUND_GLASS_DB = -13.0
SOLID_DB = -3.5
WALL_DB = 4.5
ENHANCEMENT_DB_PER_CM = 1.6
SHADOW_DB = -26.0


@dataclass(frozen=True)
class Mass:
    """The simulated properties of a mass, in IOTA's terms (Timmerman et al. 2000).

    Attributes
    ----------
    size_mm : float
        Largest diameter.
    septa : int
        Walls that divide the cyst.
    papillary : int
        Solid projections from the wall into the cyst, 3 mm high or more.
    solid : float
        Share of the mass that is solid, 0 to 1.
    ground_glass : bool
        Locules with low-level echoes, as of an endometrioma; else anechoic.
    calcified : bool
        A bright focus with an acoustic shadow.
    irregular : float
        Relative standard deviation of the outline's radius.
    flow : float
        Share of the solid tissue that shows colour, 0 to 1.
    """

    size_mm: float
    septa: int
    papillary: int
    solid: float
    ground_glass: bool
    calcified: bool
    irregular: float
    flow: float


def draw_outline(mass: Mass, at: tuple[float, float], generator: np.random.Generator) -> Outline:
    """Draw a mass's outline in one view; (x, z) is its centre in mm."""
    weights = generator.standard_normal(HARMONICS.size) / HARMONICS
    amplitudes = weights * mass.irregular / np.sqrt((weights**2).sum() / 2)
    return Outline(
        *at,
        radius_mm=mass.size_mm / 2,
        aspect=generator.uniform(0.68, 0.92),
        tilt=generator.uniform(-0.5, 0.5),
        amplitudes=tuple(amplitudes),
        phases=tuple(generator.uniform(0, 2 * np.pi, HARMONICS.size)),
    )


def insert_mass(
    tissue: Tissue, mass: Mass, outline: Outline, sector: Sector, generator: np.random.Generator
) -> tuple[Tissue, Floats]:
    """Put a mass into its surroundings.

    Parameters
    ----------
    tissue : (level_db, specular)
        As `liver.liver_levels`.
    mass : Mass
    outline : Outline
    sector : Sector
    generator : numpy Generator

    Returns
    -------
    level_db, specular : (samples, beams) float32 arrays
    perfused : (samples, beams) float32 array
        1 in solid tissue, 0 in fluid and outside.
    """
    x, z = sector.tissue()
    level, specular = tissue
    outside = outline.outside(x, z)
    solid = _solid_part(mass, outline, x, z, generator)
    solid = np.maximum(solid, _projections(mass, outline, x, z, generator))
    septa = _septa(mass, outline, x, z, generator)
    locules = _locules(mass, x, z, generator)
    flesh = SOLID_DB + 2.6 * smooth_field(generator, x, z, 3) + 1.4 * smooth_field(generator, x, z, 1.2)
    content = (1 - solid) * locules + solid * flesh
    content = np.maximum(content, 3.0 - 60 * (1 - septa))
    inside = _step(outside, 0.35)
    mixed = (1 - inside) * level + inside * content
    rim = WALL_DB * np.exp(-(((outside + 0.3) / 0.55) ** 2)) * _squareness(outline, x, z)
    mixed = mixed + rim
    fluid = inside * (1 - solid)
    mixed = mixed + _enhancement(fluid, sector) * (1 - inside)
    if mass.calcified:
        mixed, specular = _calcify(mixed, specular, outline, sector, generator)
    return (mixed.astype(np.float32), specular.astype(np.float32)), (inside * solid).astype(np.float32)


def _step(distance: Floats, width_mm: float) -> Floats:
    """Return 1 inside (negative distance), 0 outside, with a soft edge."""
    coverage: Floats = 1 / (1 + np.exp(np.clip(distance / np.float32(width_mm), -30, 30)))
    return coverage


def _solid_part(mass: Mass, outline: Outline, x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    """Return where the mass is solid: all of it, a part that grew from one side, or nothing."""
    direction = generator.uniform(0, 2 * np.pi)
    ripple = smooth_field(generator, x, z, outline.radius_mm / 4)
    if mass.solid <= 0:
        return np.zeros_like(x)
    reach = ((x - outline.x) * np.cos(direction) + (z - outline.z) * np.sin(direction)) / outline.radius_mm
    border = 1 - 2 * mass.solid if mass.solid < 0.95 else -3
    return _step((border - reach + 0.16 * ripple) * np.float32(outline.radius_mm), 0.5)


def _projections(mass: Mass, outline: Outline, x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    """Return papillary projections: lumpy half-discs that stand on the inner wall."""
    grown = np.zeros_like(x)
    for _ in range(mass.papillary):
        angle = generator.uniform(0, 2 * np.pi)
        height = generator.uniform(0.14, 0.28) * outline.radius_mm + 2
        foot = float(outline.radius(np.array([angle]))[0]) - 0.35 * height
        dx, dz = x - outline.x - foot * np.cos(angle), z - outline.z - foot * np.sin(angle)
        lumps = 1 + 0.2 * np.cos(5 * np.arctan2(dz, dx) + generator.uniform(0, 6.3))
        grown = np.maximum(grown, _step(np.hypot(dx, dz) - height * lumps, 0.35))
    return grown


def _septa(mass: Mass, outline: Outline, x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    """Return 1 on the septa, falling off within a mm beside them: arcs from wall to wall."""
    drawn = np.zeros_like(x)
    for number in range(mass.septa):
        turn = np.pi * (number + generator.uniform(0.1, 0.9)) / max(mass.septa, 1)
        offset = generator.uniform(-0.45, 0.45) * outline.radius_mm
        bend = generator.uniform(-0.5, 0.5) / outline.radius_mm
        along = (x - outline.x) * np.cos(turn) + (z - outline.z) * np.sin(turn)
        across = (z - outline.z) * np.cos(turn) - (x - outline.x) * np.sin(turn)
        thickness = generator.uniform(0.5, 0.95)
        drawn = np.maximum(drawn, np.exp(-(((across - offset - bend * along**2) / thickness) ** 2)))
    return drawn


def _locules(mass: Mass, x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    haze = smooth_field(generator, x, z, 4)
    if mass.ground_glass:
        return GROUND_GLASS_DB + 0.8 * haze
    return FLUID_DB + 1.5 * haze


def _squareness(outline: Outline, x: Floats, z: Floats) -> Floats:
    """Return how squarely the beam meets the wall, for a nearly vertical beam."""
    dx, dz = x - outline.x, z - outline.z
    squareness: Floats = 0.35 + 0.65 * np.abs(dz) / (np.hypot(dx, dz) + 1e-3)
    return squareness


def _enhancement(fluid: Floats, sector: Sector) -> Floats:
    """Return the gain, dB, of echoes behind fluid, which attenuates less than the gain makes up for."""
    step = sector.depth_mm / (sector.samples - 1) / 10
    gain_db: Floats = np.minimum(np.cumsum(fluid, axis=0) * step * ENHANCEMENT_DB_PER_CM, 7)
    return gain_db


def _calcify(
    level: Floats, specular: Floats, outline: Outline, sector: Sector, generator: np.random.Generator
) -> Tissue:
    """Put a bright focus into the mass, and its shadow below."""
    angle, away = generator.uniform(0, 2 * np.pi), generator.uniform(0.1, 0.5) * outline.radius_mm
    at_x, at_z = outline.x + away * np.cos(angle), outline.z + away * np.sin(angle)
    width = generator.uniform(2.2, 4.5)
    beam = np.arctan2(at_x, at_z + sector.radius_mm)
    depth = np.hypot(at_x, at_z + sector.radius_mm) - sector.radius_mm
    aside = (sector.angles()[None, :] - beam) * (sector.radius_mm + sector.depths()[:, None])
    below = sector.depths()[:, None] - depth - 0.12 * aside**2 / width
    level = level + SHADOW_DB * _step(np.abs(aside) - width, 0.5) * (1 - _step(below - 0.8, 0.4))
    cap = np.exp(-((below / 0.7) ** 2)) * _step(np.abs(aside) - width, 0.4)
    return np.maximum(level, 15 * cap - 40 * (1 - cap)), specular + 3 * cap
