"""Where a curved array looks: beam space, tissue space and the pixels of the scanner's frame."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Sector:
    """The field of view of a convex probe, sampled along depth and over beams.

    Tissue coordinates are in mm: x to the right, z away from the middle of the probe's face.

    Attributes
    ----------
    radius_mm : float
        Radius of curvature of the probe.
    width_deg : float
        Opening angle.
    depth_mm : float
        Imaged depth along a beam.
    samples, beams : int
        Size of beam space.
    """

    radius_mm: float
    width_deg: float
    depth_mm: float
    samples: int
    beams: int

    def depths(self) -> Floats:
        """Return the depth of each sample along its beam in mm, shape (samples,)."""
        return np.linspace(0, self.depth_mm, self.samples, dtype=np.float32)

    def angles(self) -> Floats:
        """Return the angle of each beam in radians, shape (beams,)."""
        half = np.deg2rad(self.width_deg / 2)
        return np.linspace(-half, half, self.beams, dtype=np.float32)

    def tissue(self) -> tuple[Floats, Floats]:
        """Return x and z in mm of every sample, each of shape (samples, beams)."""
        return _tissue(self)

    def beam_pitch_mm(self) -> Floats:
        """Return the distance between neighbouring beams at each depth, shape (samples,)."""
        pitch = np.deg2rad(self.width_deg) / (self.beams - 1)
        return (self.radius_mm + self.depths()) * np.float32(pitch)


@dataclass(frozen=True)
class Placement:
    """Where a sector lies in the scanner's frame.

    Attributes
    ----------
    rows, columns : int
        Size of the frame in pixels.
    mm_per_pixel : float
        Spacing, the same in both directions.
    face_row, face_column : float
        Pixel of the middle of the probe's face (x = z = 0).
    """

    rows: int
    columns: int
    mm_per_pixel: float
    face_row: float
    face_column: float

    def pixels(self, x: Floats, z: Floats) -> tuple[Floats, Floats]:
        """Turn tissue coordinates in mm into (row, column) pixel coordinates."""
        return self.face_row + z / self.mm_per_pixel, self.face_column + x / self.mm_per_pixel


def fit(sector: Sector, shape: tuple[int, int], box: tuple[int, int, int, int]) -> Placement:
    """Place a sector as large as a box of the frame allows, centred in it.

    Parameters
    ----------
    sector : Sector
    shape : (int, int)
        Rows and columns of the frame.
    box : (int, int, int, int)
        Top, left, height and width in pixels.
    """
    top, left, height, width = box
    half = np.deg2rad(sector.width_deg / 2)
    sag = sector.radius_mm * (1 - np.cos(half))
    tall, wide = sector.depth_mm + sag, 2 * (sector.radius_mm + sector.depth_mm) * np.sin(half)
    spacing = float(max(tall / height, wide / width))
    return Placement(*shape, spacing, top + float(sag) / spacing, left + width / 2)


def scan_convert(samples: Floats, sector: Sector, placement: Placement) -> Floats:
    """Turn beam space into the scanner's frame by bilinear interpolation.

    Parameters
    ----------
    samples : (samples, beams) float array

    Returns
    -------
    (rows, columns) float32 array
        0 outside the sector.
    """
    inside, coordinates = _lookup(sector, placement)
    frame = np.zeros((placement.rows, placement.columns), np.float32)
    frame[inside] = map_coordinates(samples, coordinates, order=1, mode="nearest", output=np.float32)
    return frame


def footprint(sector: Sector, placement: Placement) -> NDArray[np.bool_]:
    """Return the pixels of the frame that the sector covers, shape (rows, columns)."""
    return _lookup(sector, placement)[0]


def bounds(sector: Sector, placement: Placement) -> tuple[int, int, int, int]:
    """Return the sector's bounding box in pixels: top, left, bottom, right, the latter two inclusive."""
    rows, columns = np.nonzero(footprint(sector, placement))
    return int(rows.min()), int(columns.min()), int(rows.max()), int(columns.max())


@lru_cache(maxsize=16)
def _tissue(sector: Sector) -> tuple[Floats, Floats]:
    radius = sector.radius_mm + sector.depths()[:, None]
    angle = sector.angles()[None, :]
    return radius * np.sin(angle), radius * np.cos(angle) - sector.radius_mm


@lru_cache(maxsize=16)
def _lookup(sector: Sector, placement: Placement) -> tuple[NDArray[np.bool_], Floats]:
    row, column = np.mgrid[: placement.rows, : placement.columns].astype(np.float32)
    x = (column - placement.face_column) * placement.mm_per_pixel
    z = (row - placement.face_row) * placement.mm_per_pixel + sector.radius_mm
    depth, angle = np.hypot(x, z) - sector.radius_mm, np.arctan2(x, z)
    half = np.deg2rad(sector.width_deg / 2)
    inside = (np.abs(angle) <= half) & (depth >= 0) & (depth <= sector.depth_mm)
    sample = depth[inside] / sector.depth_mm * (sector.samples - 1)
    beam = (angle[inside] + half) / (2 * half) * (sector.beams - 1)
    return inside, np.stack([sample, beam]).astype(np.float32)
