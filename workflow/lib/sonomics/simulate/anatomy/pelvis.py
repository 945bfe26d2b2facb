"""The female pelvis around an ovary or a mass: fat, muscle, bowel, follicles and free fluid."""

from dataclasses import dataclass

import numpy as np

from sonomics.simulate.anatomy.adnexal_mass import FLUID_DB, Mass, draw_outline, insert_mass
from sonomics.simulate.anatomy.lesion import HARMONICS, Outline
from sonomics.simulate.anatomy.other_images import Tissue
from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.geometry import Floats, Sector


@dataclass(frozen=True)
class Adnexa:
    """The simulated state of a patient's adnexa.

    Attributes
    ----------
    mass : Mass or None
        None for a normal ovary.
    ascites_mm : float
        Depth of the free fluid, 0 for none.
    """

    mass: Mass | None
    ascites_mm: float


@dataclass(frozen=True)
class View:
    """A view of the adnexa.

    Attributes
    ----------
    tissue : (level_db, specular)
        (samples, beams) float32 arrays, as `liver.liver_levels`.
    outline : Outline
        Of the mass, or of the ovary.
    perfused : (samples, beams) float32 array
        Share of tissue that has vessels, for colour flow.
    """

    tissue: Tissue
    outline: Outline
    perfused: Floats


def draw_adnexa(adnexa: Adnexa, sector: Sector, generator: np.random.Generator) -> View:
    """Draw the mass, or a normal ovary, in its surroundings; free fluid if there is some."""
    x, z = sector.tissue()
    tissue = _surroundings(sector, generator)
    if adnexa.mass is None:
        outline = _ovary_outline(sector, generator)
        level, perfused = _ovary(tissue[0], outline, x, z, generator)
        tissue = (level, tissue[1])
    else:
        outline = draw_outline(adnexa.mass, _centre(adnexa.mass.size_mm / 2, sector, generator), generator)
        tissue, perfused = insert_mass(tissue, adnexa.mass, outline, sector, generator)
    if adnexa.ascites_mm > 0:
        tissue = _flood(tissue, adnexa.ascites_mm, outline, sector, generator)
    return View(_near_field(tissue, sector), outline, perfused)


def draw_pouch(adnexa: Adnexa, sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw the uterus and the pouch behind it, with or without free fluid; no ovary in sight."""
    x, z = sector.tissue()
    tissue = _surroundings(sector, generator)
    depth = sector.depth_mm
    tilt = generator.uniform(-0.35, 0.35)
    half_length, half_width = generator.uniform(0.4, 0.48) * depth, generator.uniform(0.2, 0.25) * depth
    dx, dz = x - generator.uniform(-0.05, 0.05) * depth, z - generator.uniform(0.38, 0.46) * depth
    along = (dx * np.cos(tilt) + dz * np.sin(tilt)) / half_length
    across = (dz * np.cos(tilt) - dx * np.sin(tilt)) / (half_width * (1 - 0.25 * along))
    reach = np.hypot(along, across)
    body = -5 + 1.4 * smooth_field(generator, x, z, 2.5) + smooth_field(generator, x / 3, z, 1.5)
    lining = 6 * np.exp(-((across / generator.uniform(0.14, 0.26)) ** 2)) * (np.abs(along) < 0.72)
    level = np.where(reach < 1, body + lining, tissue[0])
    level += 7 * np.exp(-(((reach - 1) * half_width / 0.7) ** 2))
    outline = Outline(
        float(x.mean()), 0.42 * depth, half_length, half_width / half_length, tilt, *((0.0,) * HARMONICS.size,) * 2
    )
    flooded = level.astype(np.float32), tissue[1]
    if adnexa.ascites_mm > 0:
        flooded = _flood(flooded, adnexa.ascites_mm, outline, sector, generator)
    return _near_field(flooded, sector)


def _centre(radius: float, sector: Sector, generator: np.random.Generator) -> tuple[float, float]:
    depth = generator.uniform(0.44, 0.54) * sector.depth_mm
    depth = float(np.clip(depth, radius + 6, max(sector.depth_mm - 0.8 * radius, radius + 6)))
    return generator.uniform(-0.12, 0.12) * sector.depth_mm, depth


def _surroundings(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw fat and muscle in slanting layers, bowel loops, the pelvic wall and a vessel or two."""
    x, z = sector.tissue()
    slant = generator.uniform(-0.5, 0.5)
    along, across = x * np.cos(slant) + z * np.sin(slant), z * np.cos(slant) - x * np.sin(slant)
    layers = smooth_field(generator, along / 4, across, 2)
    level = 1 + 3.2 * smooth_field(generator, x, z, 7) + 2.6 * layers
    for _ in range(generator.integers(2, 5)):
        level = _bowel_loop(level, sector, x, z, generator)
    for _ in range(generator.integers(1, 4)):
        at_x, at_z = generator.uniform(-0.4, 0.4) * sector.depth_mm, generator.uniform(0.6, 0.92) * sector.depth_mm
        round_ = np.hypot((x - at_x) / generator.uniform(1, 2.4), z - at_z) - generator.uniform(1.5, 3.5)
        level += 4 * np.exp(-(((round_ - 0.5) / 0.6) ** 2))
        level = np.where(round_ < 0, np.maximum(-24, 18 * round_), level)
    fall = np.maximum(z - 0.8 * sector.depth_mm, 0) * 0.25
    return (level - fall).astype(np.float32), np.zeros_like(level, dtype=np.float32)


def _bowel_loop(level: Floats, sector: Sector, x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    """Put a bowel loop to one side: a dark wall of muscle around uneven contents."""
    side = generator.choice([-1, 1])
    at_x = side * generator.uniform(0.3, 0.55) * sector.depth_mm
    at_z = generator.uniform(0.35, 0.8) * sector.depth_mm
    size, tilt = generator.uniform(0.06, 0.12) * sector.depth_mm, generator.uniform(-0.8, 0.8)
    along = (x - at_x) * np.cos(tilt) + (z - at_z) * np.sin(tilt)
    across = (z - at_z) * np.cos(tilt) - (x - at_x) * np.sin(tilt)
    crooked = 1 + 0.3 * smooth_field(generator, x, z, size)
    reach = np.hypot(along / generator.uniform(1.2, 2.2), across) - size * crooked
    contents = -1 + 4 * smooth_field(generator, x, z, size / 3)
    looped = np.where(reach < 0, contents, level)
    level_db: Floats = looped - 4 * np.exp(-(((reach + 0.6) / 1.1) ** 2))
    return level_db


def _ovary_outline(sector: Sector, generator: np.random.Generator) -> Outline:
    radius = generator.uniform(13, 18)
    weights = generator.standard_normal(HARMONICS.size) / HARMONICS
    amplitudes = 0.025 * weights / np.sqrt((weights**2).sum() / 2)
    return Outline(
        *_centre(radius, sector, generator),
        radius_mm=radius,
        aspect=generator.uniform(0.55, 0.7),
        tilt=generator.uniform(-0.5, 0.5),
        amplitudes=tuple(amplitudes),
        phases=tuple(generator.uniform(0, 2 * np.pi, HARMONICS.size)),
    )


def _ovary(
    level: Floats, outline: Outline, x: Floats, z: Floats, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Draw a normal ovary: darker than its surroundings, small follicles under its surface."""
    outside = outline.outside(x, z)
    stroma = -6 + 1.5 * smooth_field(generator, x, z, 2)
    inside = 1 / (1 + np.exp(np.clip(outside / 0.5, -30, 30)))
    drawn = (1 - inside) * level + inside * stroma
    stroma_share = inside.copy()
    for angle in np.linspace(0, 2 * np.pi, generator.integers(4, 9), endpoint=False) + generator.uniform(0, 6.3):
        radius = generator.uniform(1.6, 4.2)
        away = max(float(outline.radius(np.array([angle]))[0]) - radius - 1.2, 0)
        near = np.hypot(x - outline.x - away * np.cos(angle), z - outline.z - away * np.sin(angle)) - radius
        drawn = np.where(near < 0, np.maximum(FLUID_DB, -6 + 26 * near), drawn + 2.5 * np.exp(-((near / 0.5) ** 2)))
        stroma_share = np.where(near < 0, 0, stroma_share)
    return drawn.astype(np.float32), stroma_share.astype(np.float32)


def _flood(tissue: Tissue, depth_mm: float, outline: Outline, sector: Sector, generator: np.random.Generator) -> Tissue:
    """Let free fluid surround one side of an organ and pool below it, bowel floating in it."""
    x, z = sector.tissue()
    level, specular = tissue
    outside = outline.outside(x, z)
    side = generator.choice([-1.0, 1.0])
    lean = side * (x - outline.x) + 0.8 * (z - outline.z)
    ripple = 0.25 * depth_mm * smooth_field(generator, x, z, 9)
    reach = np.maximum(np.maximum(0.4 - outside, outside - depth_mm - ripple), -lean - 0.2 * depth_mm + ripple)
    fluid = 1 / (1 + np.exp(np.clip(reach / 0.4, -30, 30)))
    clear = FLUID_DB + 2 + smooth_field(generator, x, z, 5)
    rim = 5 * np.exp(-((reach / 0.7) ** 2)) * (outside > 0.5)
    step = sector.depth_mm / (sector.samples - 1) / 10
    behind = np.minimum(np.cumsum(fluid, axis=0) * step * 1.5, 6) * (1 - fluid)
    flooded = (1 - fluid) * level + fluid * clear + rim + np.where(outside > 0, behind, 0)
    return flooded.astype(np.float32), specular * (1 - fluid).astype(np.float32)


def _near_field(tissue: Tissue, sector: Sector) -> Tissue:
    """Add the bright contact of the probe and the reverberation under it."""
    depth = sector.depths()[:, None]
    level = np.where(depth < 1.8, 9 - 2.5 * depth, tissue[0])
    haze = 3 - 2.2 * depth
    return np.maximum(level, haze).astype(np.float32), tissue[1]
