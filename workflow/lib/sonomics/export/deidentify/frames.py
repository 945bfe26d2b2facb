"""Find the scan region and the burned-in text on the frames of an object."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from sonomics.export.deidentify.scan_region import Scan, find_scan
from sonomics.imaging.boxes import Box, boxes_around_parts
from sonomics.imaging.brightness import Pixels, brightest_channel
from sonomics.imaging.burned_in_text import find_text_boxes
from sonomics.imaging.inpainting import inpaint

# Frames that text stands still for at least; with three a median keeps it and drops what moves. A convention.
WINDOW = 3


def find_scan_and_text(dataset: Dataset, frames: Pixels) -> tuple[Scan, NDArray[np.bool_]]:
    """Find the scan region, ignoring burned-in text, and the text inside it.

    Parameters
    ----------
    dataset : Dataset
        For its ultrasound regions.
    frames : (n, rows, columns) or (n, rows, columns, 3) uint8 or uint16

    Returns
    -------
    Scan
    (rows, columns) bool array
        True where there is text inside the scan, on any frame.
    """
    text = np.zeros(frames.shape[1:3], dtype=np.bool_)
    for frame in _iterate_steady_frames(frames):
        for box in find_text_boxes(frame):
            text[box.window] = True
    brightest = brightest_channel(frames.max(axis=0))
    scan = find_scan(dataset, np.asarray(inpaint(brightest, text), dtype=np.uint8))
    in_scan = np.zeros_like(text)
    for box in scan.boxes:
        in_scan[box.window] = True
    return scan, text & in_scan


def boxes_around(mask: NDArray[np.bool_]) -> tuple[Box, ...]:
    """Return the boxes around the connected parts of a mask."""
    return tuple(sorted(box for box, _ in boxes_around_parts(mask)))


def _iterate_steady_frames(frames: Pixels) -> Iterator[Pixels]:
    """Yield the median of every three frames, and the brightest of all.

    Text that stands still for three frames stays in a median; moving tissue, which may look like text, does not. Text
    of a single frame shows in the brightest.
    """
    if len(frames) < WINDOW:
        yield from frames
        return
    yield frames.max(axis=0)
    for start in range(0, len(frames), WINDOW):
        first = min(start, len(frames) - WINDOW)
        one, two, three = frames[first : first + WINDOW]
        yield np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), three))
