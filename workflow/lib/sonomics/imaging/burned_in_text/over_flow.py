"""Find text drawn over colour flow, in the channels that flow leaves dark.

In the brightest channel red and blue flow is nearly as bright as white text. In the darkest one white text stands out
on any flow, in green yellow and cyan text on all but the fastest.
"""

import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.boxes import Box
from sonomics.imaging.brightness import Pixels
from sonomics.imaging.burned_in_text.network import FLOW, find_sharp_areas
from sonomics.imaging.burned_in_text.sharpness import surround
from sonomics.imaging.colour import mark_solid_colour

# Mean probability and sharpness as in network.py. Flow is mottled, and tissue between vessels has borders as sharp as
# letters: on 15 real images with flow they reached 0.95 and 2.4 times, or 0.98 and 2.0 times; words 0.97 and 2.3 times.
LIMITS = ((0.96, 2.2),)
# share of a frame from which flow is looked at: less is a caliper or a coloured line
LEAST_FLOW = 0.002


def find_text_over_flow(frame: Pixels) -> NDArray[np.bool_]:
    """Mark where the network sees text over solid colour.

    Parameters
    ----------
    frame : (rows, columns) or (rows, columns, 3) uint8 or uint16

    Returns
    -------
    (rows, columns) bool
        All False in a grey frame.

    Raises
    ------
    StudyError
        When the network cannot be loaded.
    """
    flow = mark_solid_colour(frame)
    found = np.zeros(flow.shape, dtype=np.bool_)
    if flow.mean() < LEAST_FLOW:
        return found
    window = _box_around(flow).window
    coloured = np.asarray(frame[window], dtype=np.uint8)
    for level in (coloured.min(axis=2), np.ascontiguousarray(coloured[..., 1])):
        for box, inside in find_sharp_areas(level, LIMITS):
            if flow[window][box.window][inside].mean() >= FLOW:
                found[window][box.window] |= inside
    return found


def _box_around(flow: NDArray[np.uint8]) -> Box:
    rows, columns = np.flatnonzero(flow.any(axis=1)), np.flatnonzero(flow.any(axis=0))
    return surround(Box(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1), flow.shape)
