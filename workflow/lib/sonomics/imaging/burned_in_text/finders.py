"""The ways to find text on one picture, by their names in the settings."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.brightness import Pixels, brightest_channel
from sonomics.imaging.burned_in_text.letters import add_letters
from sonomics.imaging.burned_in_text.network import SHARPER, find_text_areas
from sonomics.imaging.burned_in_text.over_flow import find_text_over_flow
from sonomics.imaging.burned_in_text.sharpness import is_box_sharp, measure_edges
from sonomics.imaging.burned_in_text.strokes import find_text_boxes

# (rows, columns) or (rows, columns, 3) uint8 or uint16 -> (rows, columns) bool, True where there is text.
TextFinder = Callable[[Pixels], NDArray[np.bool_]]


def find_by_strokes(picture: Pixels) -> NDArray[np.bool_]:
    """Mark lines of text that are level, bright and of usual spacing."""
    text = np.zeros(picture.shape[:2], dtype=np.bool_)
    for box in find_text_boxes(picture):
        text[box.window] = True
    return text


def find_by_network(picture: Pixels) -> NDArray[np.bool_]:
    """Mark what the network takes for text, on tissue and over colour flow, and sharp lines found by their strokes.

    Letters of the same ink near them, which stand too far apart for either, are added.

    Raises
    ------
    StudyError
        When the network cannot be loaded.
    """
    found = find_text_areas(picture) | find_text_over_flow(picture)
    edges = measure_edges(brightest_channel(picture))
    for box in find_text_boxes(picture):
        # Soft echoes in a row pass for strokes, most at the edge of a scan; the network's limit holds for them too.
        found[box.window] |= is_box_sharp(edges, box, SHARPER)
    return add_letters(picture, found)


FINDERS: Mapping[str, TextFinder] = {"strokes": find_by_strokes, "network": find_by_network}
