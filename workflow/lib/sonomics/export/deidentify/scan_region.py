"""Find which boxes of a frame show the scan, and blank everything else."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.imaging.boxes import Box, clip_to_frame
from sonomics.imaging.brightness import Pixels
from sonomics.imaging.scan_region import detect_echoes

# Region Spatial Format (PS3.3 C.8.5.5.1.1): 2-D, M-mode, spectral; graphs are not scans.
SCANS = (1, 2, 3)
# Region Data Type (PS3.3 C.8.5.5.1.2): tissue, colour flow, pulsed and continuous wave Doppler.
IMAGED = range(1, 5)
# Share of the frame from which detected areas are not worth a cut; a convention.
NEARLY_EVERYTHING = 0.97
STATED, DETECTED, FRAME = "stated", "detected", "whole frame"


class Scan(NamedTuple):
    """What is kept of a frame.

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
        The brightest level of each pixel over channels and frames, text removed.

    Returns
    -------
    Scan
        The stated regions that fit into the frame (one pixel over is forgiven: some scanners count the far edge), else
        the box of the picture detected, or the boxes of a dual view, else the whole frame.
    """
    rows, columns = brightest.shape
    stated = _read_stated_boxes(dataset)
    fitting = tuple(clipped for box in stated if (clipped := clip_to_frame(box, rows, columns)))
    stale = len(stated) - len(fitting)
    if fitting:
        return Scan(fitting, STATED, stale)
    detected = detect_echoes(brightest)
    if sum(box.area for box in detected) < NEARLY_EVERYTHING * rows * columns:
        return Scan(detected, DETECTED, stale)
    return Scan((Box(0, 0, rows, columns),), FRAME, stale)


def blank_outside(frames: Pixels, boxes: Sequence[Box]) -> tuple[Pixels, NDArray[np.bool_]]:
    """Set every pixel outside the boxes to black, on every frame.

    Returns
    -------
    array of the shape of `frames`
    (rows, columns) bool array
        Pixels outside the boxes that are above black on at least one frame.
    """
    outside = np.ones(frames.shape[1:3], dtype=np.bool_)
    for box in boxes:
        outside[box.window] = False
    shown = frames.max(axis=0)
    blanked = outside & ((shown.max(axis=-1) if frames.ndim == 4 else shown) > 0)
    kept = frames.copy()
    kept[:, outside] = 0
    return kept, np.asarray(blanked, dtype=np.bool_)


def _read_stated_boxes(dataset: Dataset) -> list[Box]:
    boxes = []
    for item in dataset.get("SequenceOfUltrasoundRegions") or []:
        try:
            left, top = int(item.RegionLocationMinX0), int(item.RegionLocationMinY0)
            right, bottom = int(item.RegionLocationMaxX1) + 1, int(item.RegionLocationMaxY1) + 1
            shows, data = int(item.RegionSpatialFormat), int(item.get("RegionDataType") or 1)
        except (AttributeError, TypeError, ValueError):
            continue
        if shows in SCANS and data in IMAGED:
            boxes.append(Box(top, left, bottom, right))
    return boxes
