"""Find where on a frame the scans are, and how large their pixels are."""

import math
from dataclasses import dataclass, replace

from pydicom.dataset import Dataset

from sonomics.clean.images.tags import read_items, read_number, read_numbers
from sonomics.imaging.boxes import Box, clip_to_frame
from sonomics.imaging.brightness import Picture
from sonomics.imaging.scan_region import SMALLEST_SIDE, detect_scans

# Region Spatial Format, Physical Units and Region Data Type (PS3.3 C.8.5.5.1).
TWO_DIMENSIONAL, CENTIMETRES, COLOUR_FLOW = 1, 3, 2
# Share by which height and width of a pixel may differ, for Physical Delta is rounded. A convention; a length is then
# wrong by 1 % at most.
SQUARE_TOLERANCE = 0.01
# Share of a box within a larger one above which it is not a scan of its own (a colour box); a convention.
SAME = 0.5

STATED = "stated"
REGION, PIXEL_SPACING, SOURCE = "region", "pixel_spacing", "source"
UNKNOWN, NOT_SQUARE, NOT_LENGTH, STALE = "unknown", "not_square", "not_length", "stale"


@dataclass(frozen=True)
class Region:
    """A box on the frame, and how large its pixels are.

    Attributes
    ----------
    box : Box
    spacing_mm : float
        Side of a pixel; NaN when unknown.
    spacing_from : str
        `region` or `pixel_spacing`, or why the side is unknown: `unknown` (nothing is stated), `not_square` (pixels are
        higher than wide or the other way round), `not_length` (the unit is not cm), `stale` (stated for another frame).
    """

    box: Box
    spacing_mm: float = math.nan
    spacing_from: str = UNKNOWN

    def cut(self, frame: Picture) -> Picture:
        """Cut the box out of a frame (rows, columns) or (rows, columns, 3)."""
        return frame[self.box.window]


@dataclass(frozen=True)
class Scans:
    """The scans on a frame.

    Attributes
    ----------
    regions : tuple of Region
        One, or several that lie side by side (dual view).
    region_from : str
        `stated` in the file, or seen on the frame: `sector`, `rectangle`; `whole` when nothing stands out.
    set_aside : int
        Stated boxes that do not fit into the frame: they belong to another frame size, and their calibration too.
    """

    regions: tuple[Region, ...]
    region_from: str
    set_aside: int = 0


def find_scans(tags: Dataset, frame: Picture) -> Scans:
    """Find the scans that the file states, else those seen on the frame.

    Parameters
    ----------
    tags : Dataset
        Its `SequenceOfUltrasoundRegions` (PS3.3 C.8.5.5) is read for two-dimensional regions. A box may be too large by
        one pixel: some scanners count the far edge. A box inside another (a colour box) is not a scan of its own.
    frame : (rows, columns) uint8
        The frame; of a clip the brightest of several.
    """
    rows, columns = frame.shape
    stated = read_stated_regions(tags)
    fitting = [clipped for region in stated if (clipped := _clip(region, rows, columns))]
    set_aside = len(stated) - len(fitting)
    if fitting:
        return Scans(_keep_outermost(fitting), STATED, set_aside)
    seen, shape = detect_scans(frame)
    spacing_mm, spacing_from = (math.nan, STALE) if set_aside else _read_pixel_spacing(tags)
    return Scans(tuple(Region(box, spacing_mm, spacing_from) for box in seen), shape, set_aside)


def read_stated_regions(tags: Dataset) -> list[Region]:
    """Read the two-dimensional regions of a DICOM file, valid or not; a box without all its corners has no area."""
    return [
        Region(_read_corners(item), *_read_spacing(item))
        for item in read_items(tags, "SequenceOfUltrasoundRegions")
        if read_number(item, "RegionSpatialFormat") == TWO_DIMENSIONAL
    ]


def states_flow(tags: Dataset) -> bool:
    """Tell whether one of the stated regions is colour flow."""
    return any(
        read_number(item, "RegionDataType") == COLOUR_FLOW for item in read_items(tags, "SequenceOfUltrasoundRegions")
    )


def _keep_outermost(regions: list[Region]) -> tuple[Region, ...]:
    """Drop boxes that lie for the most part in a larger one, or repeat one; keep the order."""
    largest_first = sorted(regions, key=lambda region: -region.box.area)
    kept: list[Region] = []
    for region in largest_first:
        if all(region.box.overlap(other.box) <= SAME for other in kept):
            kept.append(region)
    return tuple(region for region in regions if any(region is one for one in kept))


def _clip(region: Region, rows: int, columns: int) -> Region | None:
    """Fit a region into the frame; None when it is larger than the frame, turned inside out or tiny."""
    box = clip_to_frame(region.box, rows, columns)
    return replace(region, box=box) if box and min(box.sides) >= SMALLEST_SIDE else None


def _read_corners(item: Dataset) -> Box:
    names = ("MinY0", "MinX0", "MaxY1", "MaxX1")
    top, left, bottom, right = (read_number(item, f"RegionLocation{name}") for name in names)
    if math.isnan(top + left + bottom + right):
        return Box(0, 0, 0, 0)
    return Box(int(top), int(left), int(bottom) + 1, int(right) + 1)


def _read_spacing(item: Dataset) -> tuple[float, str]:
    units = {read_number(item, "PhysicalUnitsXDirection"), read_number(item, "PhysicalUnitsYDirection")}
    across, down = abs(read_number(item, "PhysicalDeltaX")), abs(read_number(item, "PhysicalDeltaY"))
    if units != {CENTIMETRES}:
        return math.nan, NOT_LENGTH
    return _require_square(10 * across, 10 * down, REGION)


def _read_pixel_spacing(tags: Dataset) -> tuple[float, str]:
    spacing = read_numbers(tags, "PixelSpacing")
    return _require_square(spacing[1], spacing[0], PIXEL_SPACING) if len(spacing) == 2 else (math.nan, UNKNOWN)


def _require_square(across: float, down: float, source: str) -> tuple[float, str]:
    if not (across > 0 and down > 0):
        return math.nan, UNKNOWN
    if abs(across - down) > SQUARE_TOLERANCE * across:
        return math.nan, NOT_SQUARE
    return across, source
