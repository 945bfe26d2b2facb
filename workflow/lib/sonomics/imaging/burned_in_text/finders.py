"""The ways to find text on one picture, by their names in the settings."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.brightness import Pixels
from sonomics.imaging.burned_in_text.letters import add_letters
from sonomics.imaging.burned_in_text.network import find_text_areas
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
    """Mark what the network takes for text, lines found by their strokes, and letters of the same ink near both.

    Raises
    ------
    StudyError
        When the network cannot be loaded.
    """
    return add_letters(picture, find_by_strokes(picture) | find_text_areas(picture))


FINDERS: Mapping[str, TextFinder] = {"strokes": find_by_strokes, "network": find_by_network}
