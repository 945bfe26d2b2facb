"""Find the letters beside text that was found already: of its ink and height, as sharp, and within reach."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from sonomics.imaging.boxes import Box, boxes_around_parts
from sonomics.imaging.brightness import Pixels, brightest_channel
from sonomics.imaging.burned_in_text.sharpness import is_box_sharp, measure_edges

# Conventions. pixels: from one letter of a word to the next; from text to its last letter; the longer side of a letter;
# its soft edge
REACH, FARTHEST, LETTER, PADDING = 32, 160, (5, 48), 2
# side of a square that no stroke fills, and grey levels by which ink stands above its ground; each is tried: a low one
# joins letters with speckle, a high one breaks faint letters
THICKEST_STROKE, CONTRASTS = 9, (20, 35, 60, 100, 150)
# percentile of the levels of a letter that is its ink: edges of thin strokes are darker
INK = 90
# of two letters of a word, the ratio of longer sides, and the difference of levels as a share of the brighter
TALLER, ONE_INK = 1.6, 0.15
# times that its edges are as sharp as those around
SHARPER = 1.5
# share of a letter that decides for the whole
MOSTLY = 0.5


class _Letters(NamedTuple):
    """Sharp marks of the size of a letter: their boxes (n, 4), the level of their ink, and which are text already."""

    boxes: NDArray[np.int64]
    ink: NDArray[np.float64]
    known: NDArray[np.bool_]


def add_letters(picture: Pixels, text: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Add to text the letters that stand further apart than those of a usual word.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3) uint8 or uint16
    text : (rows, columns) bool
        Text found.

    Returns
    -------
    (rows, columns) bool
        With the boxes of the letters that one comes to from letter to letter.
    """
    if not text.any():
        return text
    letters = _list_letters(brightest_channel(picture), text)
    if not letters.known.any():
        return text
    _, word = connected_components(_pair_neighbours(letters), directed=False)
    more = text.copy()
    for box in letters.boxes[np.isin(word, word[letters.known])].tolist():
        top, left, bottom, right = box
        more[max(top - PADDING, 0) : bottom + PADDING, max(left - PADDING, 0) : right + PADDING] = True
    return more


def _list_letters(level: NDArray[np.uint8], text: NDArray[np.bool_]) -> _Letters:
    ground = cv2.morphologyEx(level, cv2.MORPH_OPEN, np.ones((THICKEST_STROKE, THICKEST_STROKE), dtype=np.uint8))
    above, edges = cv2.subtract(level, ground), measure_edges(level)
    near = cv2.distanceTransform((~text).astype(np.uint8), cv2.DIST_L2, 3) <= FARTHEST
    boxes, ink, known = [], [], []
    for contrast in CONTRASTS:
        stroke = (above >= contrast) & near
        for box, _ in boxes_around_parts(stroke):
            if not LETTER[0] <= max(box.sides) <= LETTER[1] or not is_box_sharp(edges, box, SHARPER):
                continue
            strokes = stroke[box.window]
            boxes.append(box)
            ink.append(float(np.percentile(level[box.window][strokes], INK)))
            known.append(bool(text[box.window][strokes].mean() > MOSTLY))
    return _Letters(
        np.array(boxes, dtype=np.int64).reshape(-1, len(Box._fields)), np.array(ink), np.array(known, dtype=np.bool_)
    )


def _pair_neighbours(letters: _Letters) -> NDArray[np.bool_]:
    top, left, bottom, right = letters.boxes.T
    longer = np.maximum(bottom - top, right - left)
    across = np.maximum.outer(left, left) - np.minimum.outer(right, right)
    down = np.maximum.outer(top, top) - np.minimum.outer(bottom, bottom)
    alike = np.maximum.outer(longer, longer) <= TALLER * np.minimum.outer(longer, longer)
    alike &= np.abs(np.subtract.outer(letters.ink, letters.ink)) <= ONE_INK * np.maximum.outer(letters.ink, letters.ink)
    return np.asarray(alike & (np.hypot(np.maximum(across, 0), np.maximum(down, 0)) <= REACH))
