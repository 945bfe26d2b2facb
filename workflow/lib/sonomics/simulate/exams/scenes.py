"""Whole pictures: a sector of tissue seen by a scanner, as a still or as a contrast clip."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonomics.core.seeds import generator
from sonomics.simulate.anatomy import contrast_agent
from sonomics.simulate.anatomy.lesion import LesionTraits, Outline, draw_outline, insert_lesion
from sonomics.simulate.anatomy.liver import Liver, draw_liver, liver_levels
from sonomics.simulate.anatomy.other_images import OTHER_ANATOMY, Tissue, reverberation
from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.devices import Device
from sonomics.simulate.scanner.geometry import Floats, Sector, scan_convert
from sonomics.simulate.scanner.speckle import Echoes, decorrelated, scatterers

TISSUE_LEAK_DB = -33.0
CONTRAST_GAIN_DB = 13.0
FRAME_CORRELATION = 0.9
UNUSABLE_GAIN_DB = {"dark": -34.0, "saturated": 40.0}

Seed = tuple[object, ...]


@dataclass(frozen=True)
class Clip:
    """A contrast clip.

    Attributes
    ----------
    frames : (frames, rows, columns) float32 array
        Grey levels.
    times_s : (frames,) array
        After injection.
    outline : Outline
    """

    frames: Floats
    times_s: NDArray[np.float64]
    outline: Outline


def draw_still(device: Device, traits: LesionTraits, seed: Seed, offset_db: float = 0.0) -> tuple[Floats, Outline]:
    """Draw a grey-scale view of a lesion in its liver.

    Parameters
    ----------
    device : Device
    traits : LesionTraits
    seed : tuple
        Names that the random generators are seeded with.
    offset_db : float
        Change of the overall gain.

    Returns
    -------
    (384, 512) float32 array
        Grey levels in [0, 255], 0 outside the sector.
    Outline
        The lesion's margin.
    """
    sector = device.still
    anatomy = generator(*seed, "anatomy")
    outline = draw_outline(traits, _lesion_centre(sector, traits, anatomy), anatomy)
    level, specular = _surroundings(sector, outline, traits, anatomy)[1]
    x, z = sector.tissue()
    level = insert_lesion(level, outline, traits, x, z, generator(*seed, "texture"))
    return displayed(device, (level, specular), generator(*seed, "speckle"), offset_db), outline


def draw_other(device: Device, kind: str, traits: LesionTraits, seed: Seed) -> Floats:
    """Draw a still that shows no usable liver: other anatomy, wrong gain, or a probe in air.

    Parameters
    ----------
    kind : str
        A key of `OTHER_ANATOMY` or `UNUSABLE_GAIN_DB`, or "reverberation".

    Returns
    -------
    (384, 512) float32 array
    """
    if kind in UNUSABLE_GAIN_DB:
        return draw_still(device, traits, seed, UNUSABLE_GAIN_DB[kind])[0]
    draw = {**OTHER_ANATOMY, "reverberation": reverberation}[kind]
    level, specular = draw(device.still, generator(*seed, "anatomy"))
    return displayed(device, (level, specular), generator(*seed, "speckle"))


def draw_clip(device: Device, traits: LesionTraits, seed: Seed) -> Clip:
    """Draw a contrast clip of a lesion that does not move.

    Agent and tissue send independent echoes; the agent's scatterers drift a little from frame to frame.
    """
    sector, placement = device.clip, device.clip_placement()
    anatomy = generator(*seed, "anatomy")
    outline = draw_outline(traits, _lesion_centre(sector, traits, anatomy), anatomy)
    liver, (level, specular) = _surroundings(sector, outline, traits, anatomy)
    speckle = generator(*seed, "speckle")
    tissue = _field(level, specular, speckle) * np.float32(10 ** (TISSUE_LEAK_DB / 20))
    times = contrast_agent.draw_times(anatomy)
    agent = scatterers(speckle, tissue.shape)
    frames = []
    for power in _agent_power(sector, liver, outline, traits, times, generator(*seed, "texture")):
        agent = decorrelated(agent, FRAME_CORRELATION, speckle)
        echoes = device.receive(tissue + agent * np.sqrt(power), sector, speckle)
        frames.append(scan_convert(device.display(echoes, sector, CONTRAST_GAIN_DB), sector, placement))
    return Clip(np.stack(frames), times, outline)


def _agent_power(
    sector: Sector,
    liver: Liver,
    outline: Outline,
    traits: LesionTraits,
    times: NDArray[np.float64],
    texture: np.random.Generator,
) -> list[Floats]:
    perfusion = contrast_agent.draw_perfusion(traits, texture)
    x, z = sector.tissue()
    lesion = 1 / (1 + np.exp(np.clip(outline.outside(x, z) / 0.5, -30, 30)))
    mottled = 10 ** (smooth_field(texture, x, z, 5) * 0.08)
    patchy = 10 ** ((perfusion.patchy_db * smooth_field(texture, x, z, 2.5)) / 10)
    patchy /= np.average(patchy, weights=lesion)
    vessels = np.zeros_like(lesion)
    for vessel in liver.vessels:
        vessels = np.maximum(vessels, 1 / (1 + np.exp(np.clip(vessel.outside(x, z) / 0.4, -30, 30))))
    enhancing = (sector.depths()[:, None] > liver.wall_mm) & (liver.beyond_diaphragm(x, z) < 0)
    maps = []
    for time in times[:, None]:
        background = mottled * contrast_agent.liver_curve(time, perfusion)
        background = (1 - vessels) * background + vessels * contrast_agent.portal_vein_curve(time, perfusion)
        inside = patchy * contrast_agent.arterial_curve(time, perfusion) + mottled * contrast_agent.late_curve(
            time, perfusion
        )
        maps.append((enhancing * ((1 - lesion) * background + lesion * inside)).astype(np.float32))
    return maps


def _surroundings(
    sector: Sector, outline: Outline, traits: LesionTraits, anatomy: np.random.Generator
) -> tuple[Liver, tuple[Floats, Floats]]:
    liver = draw_liver(sector, (outline.x, outline.z, outline.radius_mm * 1.15), anatomy)
    return liver, liver_levels(liver, sector, traits.cirrhosis, anatomy)


def _lesion_centre(sector: Sector, traits: LesionTraits, anatomy: np.random.Generator) -> tuple[float, float]:
    radius = traits.size_mm / 2
    depth = anatomy.uniform(24 + radius, max(30 + radius, 0.72 * sector.depth_mm - radius))
    angle = np.deg2rad(sector.width_deg) * anatomy.uniform(-0.2, 0.2)
    away = sector.radius_mm + depth
    return away * np.sin(angle), away * np.cos(angle) - sector.radius_mm


def _field(level: Floats, specular: Floats, speckle: np.random.Generator) -> Echoes:
    return scatterers(speckle, level.shape) * 10 ** (level / np.float32(20)) + specular


def displayed(device: Device, tissue: Tissue, speckle: np.random.Generator, offset_db: float = 0.0) -> Floats:
    """Show tissue (level_db, specular) as a scanner does: (384, 512) float32 grey levels, 0 outside the sector."""
    echoes = device.receive(_field(*tissue, speckle), device.still, speckle)
    return scan_convert(device.display(echoes, device.still, offset_db), device.still, device.still_placement())
