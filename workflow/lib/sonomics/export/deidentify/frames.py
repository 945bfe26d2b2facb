"""Find the scan region and the burned-in text on the frames of an object."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain

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


def find_scan_and_text(dataset: Dataset, frames: Iterable[Pixels]) -> tuple[Scan, NDArray[np.bool_]]:
    """Find the scan region, ignoring burned-in text, and the text inside it.

    Parameters
    ----------
    dataset : Dataset
        For its ultrasound regions.
    frames : iterable of (rows, columns) or (rows, columns, 3) uint8 or uint16
        At least one; read once, three are in memory at a time.

    Returns
    -------
    Scan
    (rows, columns) bool array
        True where there is text inside the scan, on any frame.
    """
    steady_frames = _iterate_steady_frames(frames)
    brightest = next(steady_frames)
    text = np.zeros(brightest.shape[:2], dtype=np.bool_)
    for frame in chain([brightest], steady_frames):
        brightest = np.maximum(brightest, frame)
        for box in find_text_boxes(frame):
            text[box.window] = True
    scan = find_scan(dataset, np.asarray(inpaint(brightest_channel(brightest), text), dtype=np.uint8))
    in_scan = np.zeros_like(text)
    for box in scan.boxes:
        in_scan[box.window] = True
    return scan, text & in_scan


def boxes_around(mask: NDArray[np.bool_]) -> tuple[Box, ...]:
    """Return the boxes around the connected parts of a mask."""
    return tuple(sorted(box for box, _ in boxes_around_parts(mask)))


def _iterate_steady_frames(frames: Iterable[Pixels]) -> Iterator[Pixels]:
    """Yield the median of every three frames, and at the end the brightest of all.

    Text that stands still for three frames stays in a median; moving tissue, which may look like text, does not. Text
    of a single frame shows in the brightest.
    """
    window: deque[Pixels] = deque(maxlen=WINDOW)
    brightest, count = None, 0
    for count, frame in enumerate(frames, start=1):
        window.append(frame)
        brightest = frame if brightest is None else np.maximum(brightest, frame)
        if count % WINDOW == 0:
            yield _take_median(*window)
    if brightest is None or count < WINDOW:
        yield from window
        return
    if count % WINDOW:
        yield _take_median(*window)
    yield brightest


def _take_median(one: Pixels, two: Pixels, three: Pixels) -> Pixels:
    return np.maximum(np.minimum(one, two), np.minimum(np.maximum(one, two), three))
