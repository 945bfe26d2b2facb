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
from sonomics.imaging.burned_in_text.changed_frames import iterate_changed_frames
from sonomics.imaging.burned_in_text.finders import TextFinder, find_by_strokes
from sonomics.imaging.inpainting import inpaint

# Frames that text stands still for at least; with three a median keeps it and drops what moves. A convention.
WINDOW = 3


def find_scan_and_text(
    dataset: Dataset, frames: Iterable[Pixels], find_text: TextFinder
) -> tuple[Scan, NDArray[np.bool_]]:
    """Find the scan region, ignoring burned-in text, and the text inside it.

    Parameters
    ----------
    dataset : Dataset
        For its ultrasound regions.
    frames : iterable of (rows, columns) or (rows, columns, 3) uint8 or uint16
        At least one; read several times, three are in memory at a time.
    find_text : callable
        Finds text on a picture of the scan.

    Returns
    -------
    Scan
    (rows, columns) bool array
        True where there is text inside the scan, on any frame.

    Notes
    -----
    The scan is found without what strokes show to be text; `find_text` then looks at the scan, frame by frame.
    """
    steady_frames = _iterate_steady_frames(frames)
    brightest = next(steady_frames)
    text = np.zeros(brightest.shape[:2], dtype=np.bool_)
    for frame in chain([brightest], steady_frames):
        brightest = np.maximum(brightest, frame)
        text |= find_by_strokes(frame)
    scan = find_scan(dataset, np.asarray(inpaint(brightest_channel(brightest), text), dtype=np.uint8))
    in_scan = np.zeros_like(text)
    for box in scan.boxes:
        in_scan[box.window] = text[box.window]
    return scan, in_scan | find_text_in_scan(scan, frames, find_text)


def find_text_in_scan(scan: Scan, frames: Iterable[Pixels], find_text: TextFinder) -> NDArray[np.bool_]:
    """Find the text inside the scan, on every frame that shows something new.

    Parameters
    ----------
    scan : Scan
    frames : iterable of (rows, columns) or (rows, columns, 3) uint8 or uint16
        At least one; read once per box of the scan.
    find_text : callable

    Returns
    -------
    (rows, columns) bool array
    """
    found = np.zeros(next(iter(frames)).shape[:2], dtype=np.bool_)
    for box in scan.boxes:
        for picture in iterate_changed_frames(frame[box.window] for frame in frames):
            found[box.window] |= find_text(picture)
    return found


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
