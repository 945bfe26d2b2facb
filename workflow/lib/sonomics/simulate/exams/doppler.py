"""Colour flow: what a scanner paints where blood moves, the box it looks in, and its colour bar."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from sonomics.simulate.anatomy.lesion import Outline
from sonomics.simulate.anatomy.random_fields import smooth_field
from sonomics.simulate.scanner.geometry import Floats, Placement, Sector, scan_convert

BOX_GREY = 200
PRIORITY = 150
TOWARDS = ((0, 0, 0), (140, 0, 10), (235, 40, 10), (255, 190, 40), (255, 255, 180))
AWAY = ((0, 0, 0), (10, 10, 140), (20, 70, 235), (40, 200, 255), (190, 255, 255))

Colours = NDArray[np.uint8]


@dataclass(frozen=True)
class FlowBox:
    """Where the scanner looks for flow: limits of depth (mm) and of angle (radians)."""

    depths: tuple[float, float]
    angles: tuple[float, float]

    def covers(self, sector: Sector) -> NDArray[np.bool_]:
        """Return the samples inside, shape (samples, beams)."""
        deep = (sector.depths() > self.depths[0]) & (sector.depths() < self.depths[1])
        wide = (sector.angles() > self.angles[0]) & (sector.angles() < self.angles[1])
        return deep[:, None] & wide[None, :]

    def corners(self, sector: Sector, placement: Placement) -> list[tuple[float, float]]:
        """Return its border as a closed line of (column, row) pixels."""
        turn = np.linspace(*self.angles, 24)
        angle = np.concatenate([turn, turn[::-1], turn[:1]])
        away = sector.radius_mm + np.repeat([*self.depths, self.depths[0]], [24, 24, 1])
        rows, columns = placement.pixels(away * np.sin(angle), away * np.cos(angle) - sector.radius_mm)
        return list(zip(columns.tolist(), rows.tolist(), strict=True))


def box_around(outline: Outline, sector: Sector, generator: np.random.Generator) -> FlowBox:
    """Draw a box around an organ, a little larger than it as far as the field of view allows."""
    reach = outline.radius_mm * generator.uniform(1.05, 1.3)
    beam = float(np.arctan2(outline.x, outline.z + sector.radius_mm))
    away = float(np.hypot(outline.x, outline.z + sector.radius_mm))
    depth, half, limit = (
        away - sector.radius_mm,
        float(np.arcsin(min(reach / away, 0.9))),
        np.deg2rad(sector.width_deg / 2),
    )
    return FlowBox(
        (max(depth - reach, 4.0), min(depth + reach, 0.97 * sector.depth_mm)),
        (max(beam - half, -0.97 * limit), min(beam + half, 0.97 * limit)),
    )


def velocities(
    perfused: Floats, outline: Outline, share: float, box: FlowBox, sector: Sector, generator: np.random.Generator
) -> Floats:
    """Draw the velocities a scanner finds.

    Parameters
    ----------
    perfused : (samples, beams) float array
        Share of tissue that has vessels.
    outline : Outline
        The organ; it always has a vessel beside it.
    share : float
        Part of the perfused tissue that shows colour, 0 to 1.
    box : FlowBox
    sector : Sector
    generator : numpy Generator

    Returns
    -------
    (samples, beams) float32 array
        In [-1, 1], 0 without flow.
    """
    x, z = sector.tissue()
    winding = np.abs(smooth_field(generator, x, z, 3.2)) + 0.25 * np.abs(smooth_field(generator, x, z, 1.2))
    inside = (winding < 0.22 + 0.8 * share) * (perfused > 0.5) * np.float32(share > 0)
    beside = _feeding_vessel(outline, x, z, generator)
    speed = np.maximum(inside * (1 - winding / (0.3 + 0.85 * share)), beside)
    sign = np.sign(smooth_field(generator, x, z, 7) + 0.2)
    patchy = np.clip(0.55 + 0.3 * smooth_field(generator, x, z, 1.6), 0.1, 1)
    return (np.where(box.covers(sector), speed * patchy * sign, 0)).astype(np.float32)


def painted(grey: Colours, velocity: Floats, box: FlowBox, sector: Sector, placement: Placement) -> Colours:
    """Paint flow onto a frame, with the box around it and the colour bar beside it.

    Parameters
    ----------
    grey : (rows, columns) uint8 array
    velocity : (samples, beams) float array
    box : FlowBox
    sector : Sector
    placement : Placement

    Returns
    -------
    (rows, columns, 3) uint8 array
        Bright echoes win over colour, as scanners set it.
    """
    frame = np.repeat(grey[..., None], 3, axis=2)
    converted = scan_convert(velocity, sector, placement)
    wins = (np.abs(converted) > 0.08) & (grey < PRIORITY)
    frame[wins] = _colour(converted[wins])
    canvas = Image.fromarray(frame)
    draw = ImageDraw.Draw(canvas)
    draw.line(box.corners(sector, placement), fill=(BOX_GREY,) * 3)
    _colour_bar(canvas, grey.shape[1] - 22, 52)
    return np.asarray(canvas)


def _feeding_vessel(outline: Outline, x: Floats, z: Floats, generator: np.random.Generator) -> Floats:
    angle = generator.uniform(0, 2 * np.pi)
    margin = float(outline.radius(np.array([angle]))[0])
    dx, dz = x - outline.x - margin * np.cos(angle), z - outline.z - margin * np.sin(angle)
    along, across = dz * np.cos(angle) - dx * np.sin(angle), dx * np.cos(angle) + dz * np.sin(angle)
    length, width = generator.uniform(8, 14), generator.uniform(1.8, 3.2)
    course = across - 0.9 * np.sin(along / generator.uniform(2.5, 5))
    speed: Floats = np.clip(1.25 - np.hypot(course / width, np.maximum(np.abs(along) - length, 0)), 0, 1)
    return speed


def _colour(velocity: Floats) -> Colours:
    stops = np.linspace(0, 1, len(TOWARDS))
    size = np.clip(np.abs(velocity), 0, 1)
    towards, away = (
        np.stack([np.interp(size, stops, [stop[channel] for stop in ramp]) for channel in range(3)], axis=-1)
        for ramp in (TOWARDS, AWAY)
    )
    return np.where((velocity > 0)[..., None], towards, away).astype(np.uint8)


def _colour_bar(canvas: Image.Image, column: int, top: int) -> None:
    ramp = _colour(np.linspace(1, -1, 90))
    canvas.paste(Image.fromarray(np.repeat(ramp[:, None], 9, axis=1)), (column, top))
