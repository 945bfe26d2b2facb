"""Where on the screen the scan is, and how large its pixels are."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

TWO_DIMENSIONAL, CENTIMETRES = 1, 3
SQUARE_TOLERANCE = 0.01
DARK = 6
NEARLY_EVERYTHING = 0.9


@dataclass(frozen=True)
class Region:
    """A box on the frame.

    Attributes
    ----------
    top, left, bottom, right : int
        In pixels; bottom and right are the first row and column outside.
    spacing_mm : float
        Side of a pixel; NaN when unknown, or when pixels are not square.
    """

    top: int
    left: int
    bottom: int
    right: int
    spacing_mm: float = float("nan")

    def cut(self, frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Cut the box out of frames (..., rows, columns)."""
        return frames[..., self.top : self.bottom, self.left : self.right]


def calibrated_regions(dataset: Dataset) -> tuple[Region, ...]:
    """Read the two-dimensional regions of a DICOM file (PS3.3 C.8.5.5), unchecked."""
    return tuple(
        Region(
            top=int(item.RegionLocationMinY0),
            left=int(item.RegionLocationMinX0),
            bottom=int(item.RegionLocationMaxY1) + 1,
            right=int(item.RegionLocationMaxX1) + 1,
            spacing_mm=_spacing_mm(item),
        )
        for item in dataset.get("SequenceOfUltrasoundRegions") or []
        if item.get("RegionSpatialFormat") == TWO_DIMENSIONAL
    )


def scan_region(stated: tuple[Region, ...], frames: NDArray[np.uint8]) -> Region:
    """Choose the region to keep.

    Parameters
    ----------
    stated : tuple of Region
        From the file. The first one that fits into the frame is taken (by one pixel it may be too large: some scanners
        count the far edge); a larger one belongs to another frame size, and its calibration with it.
    frames : (n, rows, columns) uint8

    Returns
    -------
    Region
        The stated one, else the one detected.
    """
    rows, columns = frames.shape[1:]
    for region in stated:
        fits = region.bottom <= rows + 1 and region.right <= columns + 1
        if fits and 0 <= region.top < region.bottom and 0 <= region.left < region.right:
            return Region(
                region.top, region.left, min(region.bottom, rows), min(region.right, columns), region.spacing_mm
            )
    return detected_region(frames)


def detected_region(frames: NDArray[np.uint8]) -> Region:
    """Find the scan as the largest connected bright area.

    Parameters
    ----------
    frames : (n, rows, columns) uint8

    Returns
    -------
    Region
        Its bounding box, without spacing; the whole frame when the box covers nearly all of it or nothing is bright.
    """
    brightest = frames.max(axis=0)
    rows, columns = brightest.shape
    whole = Region(0, 0, rows, columns)
    side = min(rows, columns)
    bright = (brightest > DARK).astype(np.uint8)
    solid = cv2.morphologyEx(bright, cv2.MORPH_CLOSE, _disc(side // 50))
    thick = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _disc(side // 12))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(thick)
    if count == 1:
        return whole
    left, top, width, height, _ = boxes[1 + boxes[1:, cv2.CC_STAT_AREA].argmax()]
    if width * height >= NEARLY_EVERYTHING * rows * columns:
        return whole
    return Region(int(top), int(left), int(top + height), int(left + width))


def _disc(diameter: int) -> NDArray[np.uint8]:
    odd = max(3, diameter | 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (odd, odd)), dtype=np.uint8)


def _spacing_mm(item: Dataset) -> float:
    units = {item.get("PhysicalUnitsXDirection"), item.get("PhysicalUnitsYDirection")}
    across, down = abs(float(item.get("PhysicalDeltaX") or 0)), abs(float(item.get("PhysicalDeltaY") or 0))
    if units != {CENTIMETRES} or not across or abs(across - down) > SQUARE_TOLERANCE * across:
        return float("nan")
    return 10 * across
