"""Where on the screen the scan is; everything else is blanked."""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.export.deidentify.pixels import Pixels

SCANS = (1, 2, 3)
DARK, SMOOTH = 4, 2
WHOLE, TWIN = 0.97, 0.6
STATED, DETECTED, FRAME = "stated", "detected", "whole frame"


class Box(NamedTuple):
    """A box on the frame, in pixels; bottom and right are the first row and column outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def area(self) -> int:
        """Number of pixels."""
        return (self.bottom - self.top) * (self.right - self.left)

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns, to index a frame."""
        return slice(self.top, self.bottom), slice(self.left, self.right)


class Scan(NamedTuple):
    """What of the frame is kept.

    Attributes
    ----------
    boxes : tuple of Box
    source : str
        `stated` in the header, `detected` in the pixels, or the `whole frame`.
    stale : int
        Stated regions left out because they are larger than the frame.
    """

    boxes: tuple[Box, ...]
    source: str
    stale: int


def find_scan(dataset: Dataset, brightest: NDArray[np.uint8]) -> Scan:
    """Find the scan on the frames of an object.

    Parameters
    ----------
    dataset : Dataset
        Its ultrasound regions (PS3.3 C.8.5.5) of tissue, flow and spectra count; bars and physiological curves do not.
    brightest : (rows, columns) uint8
        The brightest level of each pixel over channels and frames, without writing.

    Returns
    -------
    Scan
        The stated regions that fit into the frame (one pixel over is forgiven: some scanners count the far edge), else
        the box of the picture detected, or the boxes of a dual view, else the whole frame.
    """
    rows, columns = brightest.shape
    stated = _stated_boxes(dataset)
    fitting = [box for box in stated if _fits(box, rows, columns)]
    stale = len(stated) - len(fitting)
    if fitting:
        boxes = tuple(Box(top, left, min(bottom, rows), min(right, columns)) for top, left, bottom, right in fitting)
        return Scan(boxes, STATED, stale)
    found = _detected_boxes(brightest)
    if sum(box.area for box in found) < WHOLE * rows * columns:
        return Scan(found, DETECTED, stale)
    return Scan((Box(0, 0, rows, columns),), FRAME, stale)


def blank_outside(frames: Pixels, boxes: Sequence[Box]) -> tuple[Pixels, int]:
    """Set every pixel outside the boxes to black, on every frame.

    Returns
    -------
    array of the shape of `frames`
    int
        Pixels of a frame that are outside and had anything to show on any frame.
    """
    outside = np.ones(frames.shape[1:3], dtype=np.bool_)
    for box in boxes:
        outside[box.window] = False
    shown = frames.max(axis=0)
    blanked = outside & ((shown.max(axis=-1) if frames.ndim == 4 else shown) > 0)
    kept = frames.copy()
    kept[:, outside] = 0
    return kept, int(blanked.sum())


def _stated_boxes(dataset: Dataset) -> list[Box]:
    boxes = []
    for item in dataset.get("SequenceOfUltrasoundRegions") or []:
        try:
            left, top = int(item.RegionLocationMinX0), int(item.RegionLocationMinY0)
            right, bottom = int(item.RegionLocationMaxX1) + 1, int(item.RegionLocationMaxY1) + 1
            shows, data = int(item.RegionSpatialFormat), int(item.get("RegionDataType") or 1)
        except (AttributeError, TypeError, ValueError):
            continue
        if shows in SCANS and data in range(1, 5):
            boxes.append(Box(top, left, bottom, right))
    return boxes


def _fits(box: Box, rows: int, columns: int) -> bool:
    return 0 <= box.top < box.bottom <= rows + 1 and 0 <= box.left < box.right <= columns + 1


def _detected_boxes(brightest: NDArray[np.uint8]) -> tuple[Box, ...]:
    """Find the box of the largest solid area that is bright and rough: bars of one colour are smooth.

    Other such areas of about its height and width are scans too: the views of a dual display.
    """
    rows, columns = brightest.shape
    side = min(rows, columns)
    steps = cv2.morphologyEx(brightest, cv2.MORPH_GRADIENT, np.ones((3, 3), dtype=np.uint8))
    echoes = ((brightest > DARK) & (steps > SMOOTH)).astype(np.uint8)
    solid = cv2.morphologyEx(echoes, cv2.MORPH_CLOSE, _disc(side // 50))
    thick = cv2.morphologyEx(solid, cv2.MORPH_OPEN, _disc(side // 12))
    count, _, boxes, _ = cv2.connectedComponentsWithStats(thick)
    if count == 1:
        return (Box(0, 0, rows, columns),)
    sides = boxes[1:, [cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH]]
    largest = sides[boxes[1:, cv2.CC_STAT_AREA].argmax()]
    alike = (np.minimum(sides, largest) >= TWIN * np.maximum(sides, largest)).all(axis=1)
    found = (Box(top, left, top + height, left + width) for left, top, width, height, _ in boxes[1:][alike].tolist())
    return tuple(sorted(found, key=lambda box: (box.left, box.top)))


def _disc(diameter: int) -> NDArray[np.uint8]:
    odd = max(3, diameter | 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (odd, odd)), dtype=np.uint8)
