"""Choose the frames of a clip that may show text which no frame before them showed."""

from collections.abc import Iterable, Iterator
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.brightness import Pixels, brightest_channel
from sonomics.imaging.burned_in_text.sharpness import SURROUND, measure_edges

# An edge is new where it is so many times the mean edge around on any frame chosen, which one pixel of speckle in fifty
# to seven hundred is ...
ABOVE_MEAN = 4.0
# ... and so many times as sharp as any within this many pixels on a frame chosen.
SHARPER, NEAR = 1.5, 2
# Pixels of new edges within a square of so many pixels that make a frame worth a look: about two letters. Conventions.
SQUARE, NEW = 17, 25


def iterate_changed_frames(frames: Iterable[Pixels]) -> Iterator[Pixels]:
    """Yield the first frame, and each on which there are sharp edges where no frame yielded before had any.

    Text is sharper than tissue, so that moving tissue seldom makes a frame of interest, and text that comes, moves or
    stands on a single frame does, whatever is bright there on other frames.

    Parameters
    ----------
    frames : iterable of (rows, columns) or (rows, columns, 3) uint8 or uint16
        One is in memory at a time.
    """
    mean = sharpest = None
    for frame in frames:
        edges = measure_edges(brightest_channel(frame))
        if mean is None or sharpest is None or _shows_new_edges(edges, mean, sharpest):
            yield frame
            around = cv2.blur(edges.astype(np.float32), (2 * SURROUND + 1, 2 * SURROUND + 1))
            widest = cv2.dilate(edges, np.ones((2 * NEAR + 1, 2 * NEAR + 1), dtype=np.uint8))
            mean = around if mean is None else np.maximum(mean, around)
            sharpest = widest if sharpest is None else np.maximum(sharpest, widest)


def _shows_new_edges(edges: NDArray[Any], mean: NDArray[Any], sharpest: NDArray[Any]) -> bool:
    new = (edges > ABOVE_MEAN * (mean + 1)) & (edges > SHARPER * (sharpest.astype(np.float32) + 1))
    return bool(cv2.boxFilter(new.astype(np.float32), -1, (SQUARE, SQUARE), normalize=False).max() >= NEW)
