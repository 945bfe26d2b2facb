"""Where on the screen the scans are, and how large their pixels are."""

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.clean.images.tags import items, number, numbers

TWO_DIMENSIONAL, CENTIMETRES, COLOUR_FLOW = 1, 3, 2
SQUARE_TOLERANCE = 0.01
SMALLEST = 24
DARK, WHITE = 6, 250
NEARLY_EVERYTHING = 0.9
TWIN = 0.6
STRAIGHT = 0.93

STATED, SECTOR, RECTANGLE, WHOLE = "stated", "sector", "rectangle", "whole"
REGION, PIXEL_SPACING, SOURCE = "region", "pixel_spacing", "source"
UNKNOWN, NOT_SQUARE, NOT_LENGTH, STALE = "unknown", "not_square", "not_length", "stale"


@dataclass(frozen=True)
class Region:
    """A box on the frame.

    Attributes
    ----------
    top, left, bottom, right : int
        In pixels; bottom and right are the first row and column outside.
    spacing_mm : float
        Side of a pixel; NaN when unknown.
    spacing_from : str
        `region` or `pixel_spacing`, or why the side is unknown: `unknown` (nothing is stated), `not_square` (pixels are
        higher than wide or the other way round), `not_length` (the unit is not cm), `stale` (stated for another frame).
    """

    top: int
    left: int
    bottom: int
    right: int
    spacing_mm: float = math.nan
    spacing_from: str = UNKNOWN

    @property
    def area(self) -> int:
        """Number of pixels; 0 when turned inside out."""
        return max(0, self.bottom - self.top) * max(0, self.right - self.left)

    def cut(self, frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Cut the box out of a frame (rows, columns) or (rows, columns, 3)."""
        return frame[self.top : self.bottom, self.left : self.right]

    def within(self, other: "Region") -> float:
        """Return the share of this box that lies in another."""
        shared = Region(
            max(self.top, other.top), max(self.left, other.left),
            min(self.bottom, other.bottom), min(self.right, other.right),
        )  # fmt: skip
        return shared.area / self.area


@dataclass(frozen=True)
class Scans:
    """The scans on a frame.

    Attributes
    ----------
    regions : tuple of Region
        One, or several that lie side by side (dual view).
    found : str
        `stated` in the file, or seen on the frame: `sector`, `rectangle`; `whole` when nothing stands out.
    set_aside : int
        Stated boxes that do not fit into the frame: they belong to another frame size, and their calibration too.
    """

    regions: tuple[Region, ...]
    found: str
    set_aside: int = 0


def find_scans(tags: Dataset, frame: NDArray[np.uint8]) -> Scans:
    """Take the scans that the file states, else those seen on the frame.

    Parameters
    ----------
    tags : Dataset
        Its `SequenceOfUltrasoundRegions` (PS3.3 C.8.5.5) is read for two-dimensional regions. A box may be too large by
        one pixel: some scanners count the far edge. A box inside another (a colour box) is no scan of its own.
    frame : (rows, columns) uint8
        The frame; of a clip the brightest of several.
    """
    rows, columns = frame.shape
    stated = stated_regions(tags)
    fitting = [clipped for region in stated if (clipped := _clipped(region, rows, columns))]
    set_aside = len(stated) - len(fitting)
    if fitting:
        return Scans(_outermost(fitting), STATED, set_aside)
    seen, found = detected_regions(frame)
    spacing_mm, known = (math.nan, STALE) if set_aside else _pixel_spacing(tags)
    spaced = (replace(region, spacing_mm=spacing_mm, spacing_from=known) for region in seen)
    return Scans(tuple(spaced), found, set_aside)


def stated_regions(tags: Dataset) -> list[Region]:
    """Read the two-dimensional regions of a DICOM file, right or wrong; a box without all its corners has no area."""
    return [
        Region(*_corners(item), *_spacing(item))
        for item in items(tags, "SequenceOfUltrasoundRegions")
        if number(item, "RegionSpatialFormat") == TWO_DIMENSIONAL
    ]


def states_flow(tags: Dataset) -> bool:
    """Tell whether one of the stated regions is colour flow."""
    return any(number(item, "RegionDataType") == COLOUR_FLOW for item in items(tags, "SequenceOfUltrasoundRegions"))


def detected_regions(frame: NDArray[np.uint8]) -> tuple[tuple[Region, ...], str]:
    """Find the scan as the largest connected bright area, and its twins where some lie beside it.

    Areas of exactly one grey level are drawn (banners, buttons), not scanned, unless they are white.

    Parameters
    ----------
    frame : (rows, columns) uint8

    Returns
    -------
    tuple of Region, str
        Bounding boxes without spacing, from left to right, and the shape of the first: `rectangle` when the lit area
        fills its box, else `sector`. The whole frame, `whole`, when the box covers nearly all of it or nothing is
        bright.
    """
    rows, columns = frame.shape
    whole = (Region(0, 0, rows, columns),), WHOLE
    side = min(rows, columns)
    around = np.ones((3, 3), np.uint8)
    flat = cv2.dilate(frame, around) == cv2.erode(frame, around)
    bright = ((frame > DARK) & ~(flat & (frame < WHITE))).astype(np.uint8)
    solid = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, _disc(side // 50))
    thick = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _disc(side // 12))
    count, _, stats, _ = cv2.connectedComponentsWithStats(thick)
    if count == 1:
        return whole
    order = 1 + stats[1:, cv2.CC_STAT_AREA].argsort(kind="stable")[::-1]
    largest, *others = (_box(stats[number]) for number in order)
    if largest.area >= NEARLY_EVERYTHING * rows * columns or min(_sides(largest)) < SMALLEST:
        return whole
    shape = RECTANGLE if stats[order[0], cv2.CC_STAT_AREA] >= STRAIGHT * largest.area else SECTOR
    views = [largest, *(box for box in others if _twins(largest, box))]
    return tuple(sorted(views, key=lambda box: box.left)), shape


def _twins(one: Region, other: Region) -> bool:
    """Tell whether two boxes are a dual view: side by side, of about the same height and width."""
    apart = other.left >= one.right or one.left >= other.right
    alike = all(min(pair) >= TWIN * max(pair) for pair in zip(_sides(one), _sides(other), strict=True))
    level = min(one.bottom, other.bottom) - max(one.top, other.top) >= TWIN * max(_sides(one)[0], _sides(other)[0])
    return apart and alike and level


def _outermost(regions: list[Region]) -> tuple[Region, ...]:
    """Drop boxes that lie for the most part in a larger one, or repeat one; keep the order."""
    largest_first = sorted(regions, key=lambda region: -region.area)
    kept: list[Region] = []
    for region in largest_first:
        if all(region.within(other) <= 0.5 for other in kept):
            kept.append(region)
    return tuple(region for region in regions if any(region is one for one in kept))


def _clipped(region: Region, rows: int, columns: int) -> Region | None:
    """Fit a box into the frame; None when it is larger than the frame, turned inside out or tiny."""
    inside = min(region.top, region.left) >= 0 and region.bottom <= rows + 1 and region.right <= columns + 1
    clipped = replace(region, bottom=min(region.bottom, rows), right=min(region.right, columns))
    return clipped if inside and min(_sides(clipped)) >= SMALLEST else None


def _corners(item: Dataset) -> tuple[int, int, int, int]:
    names = ("MinY0", "MinX0", "MaxY1", "MaxX1")
    top, left, bottom, right = (number(item, f"RegionLocation{name}") for name in names)
    if math.isnan(top + left + bottom + right):
        return 0, 0, 0, 0
    return int(top), int(left), int(bottom) + 1, int(right) + 1


def _spacing(item: Dataset) -> tuple[float, str]:
    units = {number(item, "PhysicalUnitsXDirection"), number(item, "PhysicalUnitsYDirection")}
    across, down = abs(number(item, "PhysicalDeltaX")), abs(number(item, "PhysicalDeltaY"))
    if units != {CENTIMETRES}:
        return math.nan, NOT_LENGTH
    return _square(10 * across, 10 * down, REGION)


def _pixel_spacing(tags: Dataset) -> tuple[float, str]:
    spacing = numbers(tags, "PixelSpacing")
    return _square(spacing[1], spacing[0], PIXEL_SPACING) if len(spacing) == 2 else (math.nan, UNKNOWN)


def _square(across: float, down: float, known: str) -> tuple[float, str]:
    if not (across > 0 and down > 0):
        return math.nan, UNKNOWN
    if abs(across - down) > SQUARE_TOLERANCE * across:
        return math.nan, NOT_SQUARE
    return across, known


def _sides(region: Region) -> tuple[int, int]:
    return region.bottom - region.top, region.right - region.left


def _box(stats: NDArray[np.int32]) -> Region:
    left, top, width, height = (int(value) for value in stats[:4])
    return Region(top, left, top + height, left + width)


def _disc(diameter: int) -> NDArray[np.uint8]:
    odd = max(3, diameter | 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (odd, odd)), dtype=np.uint8)
