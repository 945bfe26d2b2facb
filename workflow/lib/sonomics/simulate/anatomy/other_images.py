"""What else ends up in a liver study: other anatomy, a phantom, and images nobody can use."""

import numpy as np

from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.geometry import Floats, Sector

Tissue = tuple[Floats, Floats]


def kidney(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw a kidney: dark cortex, darker pyramids in a row, bright sinus, in echogenic fat.

    Returns
    -------
    level_db, specular : (samples, beams) float32 arrays
        As `liver.liver_levels`.
    """
    x, z = sector.tissue()
    tilt = generator.uniform(-0.5, 0.5)
    half_length, half_width = generator.uniform(48, 56), generator.uniform(21, 26)
    dx, dz = x - generator.uniform(-8, 8), z - generator.uniform(58, 74)
    along = (dx * np.cos(tilt) + dz * np.sin(tilt)) / half_length
    across = (dz * np.cos(tilt) - dx * np.sin(tilt)) / half_width
    reach = np.hypot(along, across)
    level = 2 + 2.5 * smooth_field(generator, x, z, 6)
    level = np.where(reach < 1, -7 + smooth_field(generator, x, z, 5), level)
    around = np.arctan2(across, along)
    pyramids = (np.cos(9 * around) > 0.1) & (reach > 0.52) & (reach < 0.78)
    level = np.where(pyramids, level - 8, level)
    sinus = np.hypot(along * 1.7, across * 2.3) + 0.15 * smooth_field(generator, x, z, 4)
    level = np.where(sinus < 1, 8 + 3 * smooth_field(generator, x, z, 2.5), level)
    level += 9 * np.exp(-(((reach - 1) * half_width / 1.0) ** 2))
    return _skin(level, sector), np.zeros_like(level, dtype=np.float32)


def bowel_gas(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw bowel gas: bright curved fronts with dirty shadows and repeated echoes below."""
    x, z = sector.tissue()
    depth = np.broadcast_to(sector.depths()[:, None], x.shape)
    front = 26 + 6 * smooth_field(generator, x[0], x[0] * 0, 14)[None, :]
    below = depth - front
    level = 2.0 * smooth_field(generator, x, z, 5) - 3
    shadow = -10 - 0.28 * np.maximum(below, 0) + 4 * smooth_field(generator, x, z / 4, 4)
    level = np.where(below > 0, shadow, level)
    pitch = generator.uniform(11, 15)
    for order in range(6):
        level += (17 - 3.2 * order) * np.exp(-(((below - order * pitch) / (0.8 + 0.35 * order)) ** 2))
    return _skin(level, sector), np.zeros_like(level, dtype=np.float32)


def phantom(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw a test phantom: even speckle, rows of wires, dark cylinders and steps of grey."""
    x, z = sector.tissue()
    level = np.full(x.shape, -2.0, np.float32)
    shift = generator.uniform(-6, 6)
    for number, height in enumerate((38, 62, 86)):
        for column, step in zip((-42, -20, 20, 42), (-24, -9, 6, 11), strict=True):
            disc = np.hypot(x - column * (0.6 + 0.2 * number) - shift, z - height) < 6
            level = np.where(disc, np.float32(step), level)
    wires = np.exp(-((np.remainder(z + 10, 20) - 10) ** 2 + (x - shift) ** 2) / 0.5)
    rows = np.exp(-((z - 50) ** 2 + (np.remainder(x - shift + 10, 20) - 10) ** 2) / 0.5)
    return _skin(level, sector), (14 * np.maximum(wires, rows)).astype(np.float32)


def gallbladder(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw a gallbladder in liver: a pear of clear fluid with a bright wall, sometimes a stone with its shadow."""
    x, z = sector.tissue()
    scale = sector.depth_mm / 140
    tilt, length, width = (
        generator.uniform(0.2, 0.9),
        scale * generator.uniform(30, 38),
        scale * generator.uniform(12, 16),
    )
    at_x, at_z = scale * generator.uniform(-10, 10), scale * generator.uniform(58, 74)
    dx, dz = x - at_x, z - at_z
    along = (dx * np.cos(tilt) + dz * np.sin(tilt)) / length
    across = (dz * np.cos(tilt) - dx * np.sin(tilt)) / (width * (1 + 0.35 * along))
    reach = (np.hypot(along, across) - 1) * width
    level = 1.2 * smooth_field(generator, x, z, 12 * scale) + 0.8 * smooth_field(generator, x, z, 2.5 * scale)
    level = np.where(reach < 0, np.maximum(-34, 24 * reach), level + 6 * np.exp(-((reach / 1.1) ** 2)))
    behind = (np.abs(dx * np.cos(tilt)) < 0.8 * length) & (reach > 0) & (z > at_z)
    level = level + 5 * behind * np.exp(-reach / (30 * scale))
    if generator.uniform() < 0.5:
        stone_x, stone_z = at_x + 0.35 * length * np.cos(tilt), at_z + 0.35 * length * np.sin(tilt) + 0.4 * width
        aside = np.arctan2(x, z + sector.radius_mm) - np.arctan2(stone_x, stone_z + sector.radius_mm)
        aside = aside * (z + sector.radius_mm)
        below = z - stone_z
        level = np.where((np.abs(aside) < 4 * scale) & (below > 0), level - 24, level)
        level = np.maximum(level, 15 - 30 * np.abs(np.hypot(aside, below) - 4 * scale) - 20 * (below > 1))
    return _skin(level, sector), np.zeros_like(level, dtype=np.float32)


def spleen(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw a spleen: a crescent of even, fine, bright tissue under the diaphragm, with a few vessels at its hilum."""
    x, z = sector.tissue()
    scale = sector.depth_mm / 140
    tilt = generator.uniform(-0.35, 0.35)
    dx, dz = x - scale * generator.uniform(-6, 6), z - scale * generator.uniform(56, 66)
    along = (dx * np.cos(tilt) + dz * np.sin(tilt)) / (scale * generator.uniform(54, 64))
    across = (dz * np.cos(tilt) - dx * np.sin(tilt)) / (scale * generator.uniform(24, 30))
    reach = np.hypot(along, across + 0.35 * along**2) - 1
    level = np.where(
        reach < 0, 1.5 + 0.9 * smooth_field(generator, x, z, 9 * scale), -4 + 3 * smooth_field(generator, x, z, 6)
    )
    level += 10 * np.exp(-((reach / 0.045) ** 2))
    for turn in generator.uniform(-0.35, 0.35, 3):
        hilum = np.hypot((along - turn) * 60, (across - 0.75) * 26) - generator.uniform(2, 4)
        level = np.where(hilum < 0, np.maximum(-22, 10 * hilum), level)
    return _skin(level, sector), np.zeros_like(level, dtype=np.float32)


def muscle(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw what a linear probe sees of the abdominal wall: skin, fat with septa, striated muscle, bone below."""
    x, z = sector.tissue()
    slope = generator.uniform(-0.12, 0.12)
    wave = z - slope * x + 0.7 * smooth_field(generator, x / 3, z * 0, 4)
    fat, deep = generator.uniform(6, 12), generator.uniform(24, 36)
    level = np.where(wave < fat, -7 + 8 * smooth_field(generator, x / 7, wave, 0.9), 0)
    fibres = -9 + 9 * np.maximum(smooth_field(generator, x / 14 + wave / 6, wave, 0.55), -0.6)
    level = np.where(wave >= fat, fibres, level)
    level = np.where(wave > deep, -16 - 0.7 * (wave - deep) + 3 * smooth_field(generator, x, z, 3), level)
    for height, bright in ((fat, 12), (0.55 * (fat + deep), 7), (deep, 16)):
        level = level + bright * np.exp(-(((wave - height) / 0.35) ** 2))
    return _skin(level, sector), np.zeros_like(level, dtype=np.float32)


def reverberation(sector: Sector, generator: np.random.Generator) -> Tissue:
    """Draw a probe in air: rings that fade below its face, and haze."""
    x, z = sector.tissue()
    depth = np.broadcast_to(sector.depths()[:, None], x.shape)
    pitch, reach = generator.uniform(2.8, 6.5), generator.uniform(24, 48)
    contact = 4 * smooth_field(generator, x[0], x[0] * 0, 12)[None, :]
    rings = 20 * np.exp(-(((np.remainder(depth, pitch) - pitch / 2) / 0.6) ** 2)) - 6 + contact
    haze = 5 * smooth_field(generator, x, z, 9) - 19 - 0.08 * depth
    level = np.maximum(rings - 40 * depth / reach, haze)
    return level.astype(np.float32), np.zeros_like(level, dtype=np.float32)


OTHER_ANATOMY = {
    "kidney": kidney,
    "gas": bowel_gas,
    "phantom": phantom,
    "gallbladder": gallbladder,
    "spleen": spleen,
    "muscle": muscle,
}


def _skin(level: Floats, sector: Sector) -> Floats:
    depth = sector.depths()[:, None]
    return np.where(depth < 2.2, 9 - 2 * depth, level).astype(np.float32)
