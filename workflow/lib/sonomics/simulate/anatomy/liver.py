"""A liver between abdominal wall and diaphragm, with its vessels."""

import math
from dataclasses import dataclass

import numpy as np

from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.geometry import Floats, Sector

VEIN_DB = -24.0
WALL_DB = 7.0


@dataclass(frozen=True)
class Vessel:
    """A curved, tapering tube cut along its course, in tissue coordinates (mm).

    Attributes
    ----------
    x, z : float
        Middle of the tube.
    tilt : float
        Direction, radians.
    bend : float
        Curvature, 1/mm.
    half_length, half_width : float
        mm.
    walled : bool
        Portal branches have bright walls, hepatic veins hardly any.
    """

    x: float
    z: float
    tilt: float
    bend: float
    half_length: float
    half_width: float
    walled: bool

    def outside(self, x: Floats, z: Floats) -> Floats:
        """Return roughly the distance in mm to the wall, negative in the lumen."""
        cosine, sine = math.cos(self.tilt), math.sin(self.tilt)
        along = (x - self.x) * cosine + (z - self.z) * sine
        across = (z - self.z) * cosine - (x - self.x) * sine
        reach = np.clip(along / self.half_length, -1, 1)
        width = self.half_width * (1 - 0.4 * reach) * np.sqrt(1 - 0.95 * np.square(np.square(reach)))
        beyond = np.maximum(np.abs(along) - self.half_length, 0)
        return np.hypot(across - self.bend * along**2, beyond) - width


@dataclass(frozen=True)
class Liver:
    """The anatomy around a lesion in one view.

    Attributes
    ----------
    wall_mm : float
        Thickness of the abdominal wall.
    diaphragm : (float, float, float)
        Centre x, z and radius of the diaphragm's arc, mm.
    vessels : tuple of Vessel
    """

    wall_mm: float
    diaphragm: tuple[float, float, float]
    vessels: tuple[Vessel, ...]

    def beyond_diaphragm(self, x: Floats, z: Floats) -> Floats:
        """Return the distance in mm past the diaphragm, negative in the liver."""
        centre_x, centre_z, radius = self.diaphragm
        distance: Floats = np.hypot(x - centre_x, z - centre_z) - np.float32(radius)
        return distance


def draw_liver(sector: Sector, clear_of: tuple[float, float, float], generator: np.random.Generator) -> Liver:
    """Draw an anatomy whose vessels and diaphragm keep clear of a disc (x, z, radius in mm)."""
    wall = generator.uniform(11, 17)
    radius = generator.uniform(95, 140)
    lean = generator.choice([-1, 1]) * generator.uniform(0.15, 0.5)
    reach = sector.depth_mm * generator.uniform(0.84, 0.95) - radius
    centre = radius * np.sin(lean), reach + radius * (1 - np.cos(lean))
    away = np.hypot(clear_of[0] - centre[0], clear_of[1] - centre[1])
    vessels = [vessel for vessel in _candidates(sector, wall, generator) if _clear(vessel, clear_of)]
    return Liver(wall, (*centre, max(radius, away + clear_of[2] + 4)), tuple(vessels[:9]))


def liver_levels(
    liver: Liver, sector: Sector, cirrhosis: float, generator: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the echo level of every sample, and its mirror-like reflection.

    Parameters
    ----------
    liver : Liver
    sector : Sector
    cirrhosis : float
        1 makes the liver coarser.
    generator : numpy Generator

    Returns
    -------
    level_db : (samples, beams) float32 array
        Against normal liver, dB.
    specular : (samples, beams) float32 array
        Amplitude of smooth surfaces, to be added to the scatterers.
    """
    x, z = sector.tissue()
    coarse = smooth_field(generator, x, z, 18)
    fine = smooth_field(generator, x, z, 3.0)
    level = (1.3 * coarse + (0.4 + 1.1 * np.float32(cirrhosis)) * fine).astype(np.float32)
    for vessel in liver.vessels:
        outside = vessel.outside(x, z)
        if vessel.walled:
            level += WALL_DB * np.exp(-(((outside - 0.7) / 0.9) ** 2))
        level = np.where(outside < 0, np.maximum(VEIN_DB, 20 * outside), level)
    beyond = liver.beyond_diaphragm(x, z)
    behind = 0.5 * coarse - 4 - 0.22 * beyond
    level = np.where(beyond > 0, behind, level)
    facing = _facing(liver, sector)
    level += 13 * facing * np.exp(-((beyond / 1.2) ** 2)) * (1 + 0.35 * fine)
    specular = 2.5 * facing**4 * np.exp(-((beyond / 0.7) ** 2))
    return _abdominal_wall(level, liver.wall_mm, sector, generator), specular.astype(np.float32)


def _facing(liver: Liver, sector: Sector) -> Floats:
    """Return how squarely beams meet the diaphragm, 0 along it to 1 head-on."""
    x, z = sector.tissue()
    centre_x, centre_z, _ = liver.diaphragm
    normal_x, normal_z = x - centre_x, z - centre_z
    beam_x, beam_z = np.sin(sector.angles())[None, :], np.cos(sector.angles())[None, :]
    cosine = (normal_x * beam_x + normal_z * beam_z) / np.hypot(normal_x, normal_z)
    squareness: Floats = np.clip(cosine, 0, 1).astype(np.float32)
    return squareness


def _abdominal_wall(level: Floats, wall_mm: float, sector: Sector, generator: np.random.Generator) -> Floats:
    depth = sector.depths()[:, None]
    x, _ = sector.tissue()
    layered = level.copy()
    ripple = 0.6 * smooth_field(generator, x[0], x[0] * 0, 12)[None, :]
    fat = wall_mm * generator.uniform(0.4, 0.6)
    muscle = 6 * smooth_field(generator, x / 8, np.broadcast_to(depth, x.shape), 0.5) - 1
    septa = 5 * smooth_field(generator, x / 12, np.broadcast_to(depth, x.shape), 0.8) - 5
    layered = np.where(depth < wall_mm + ripple, muscle, layered)
    layered = np.where(depth < fat + ripple, septa, layered)
    layered = np.where(depth < 2.2, 9 - 2 * depth, layered)
    for height, bright in ((wall_mm, 11), (fat, 9)):
        layered = layered + bright * np.exp(-(((depth - height - ripple) / 0.7) ** 2))
    return layered.astype(np.float32)


def _candidates(sector: Sector, wall: float, generator: np.random.Generator) -> list[Vessel]:
    drawn = []
    for _ in range(18):
        depth = generator.uniform(wall + 14, sector.depth_mm * 0.85)
        angle = generator.uniform(-0.42, 0.42) * math.radians(sector.width_deg)
        away = sector.radius_mm + depth
        small = generator.uniform() < 0.6
        drawn.append(
            Vessel(
                x=away * math.sin(angle),
                z=away * math.cos(angle) - sector.radius_mm,
                tilt=generator.uniform(-1.1, 1.1),
                bend=generator.uniform(-0.008, 0.008),
                half_length=generator.uniform(3, 9) if small else generator.uniform(14, 30),
                half_width=generator.uniform(1.0, 2.0) if small else generator.uniform(2.0, 4.2),
                walled=bool(generator.uniform() < 0.55),
            )
        )
    return drawn


def _clear(vessel: Vessel, disc: tuple[float, float, float]) -> bool:
    along = np.linspace(-vessel.half_length, vessel.half_length, 15)
    across = vessel.bend * along**2
    x = vessel.x + along * np.cos(vessel.tilt) - across * np.sin(vessel.tilt)
    z = vessel.z + along * np.sin(vessel.tilt) + across * np.cos(vessel.tilt)
    return bool((np.hypot(x - disc[0], z - disc[1]) > disc[2] + vessel.half_width + 2).all())
