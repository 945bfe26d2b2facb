"""Find text with a network that was trained on photographs and screens: small, turned or faint, of any typeface.

Differentiable binarisation (Liao et al., AAAI 2020): the network marks the middle of each line of text, and the
rectangle around such a part is widened in proportion to its own size, to which the training shrank it. The network
alone also sees letters in tissue; a rectangle counts only if it is sharper than what is around, as tissue never is.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from sonomics.imaging.boxes import Box
from sonomics.imaging.brightness import Pixels, brightest_channel
from sonomics.imaging.burned_in_text.model import apply_network
from sonomics.imaging.burned_in_text.sharpness import is_sharp, measure_edges, surround
from sonomics.imaging.colour import mark_solid_colour

# The network takes pictures whose sides are multiples of this.
GRID = 32


class View(NamedTuple):
    """How a frame is shown to the network: turned by so many degrees counter-clockwise, and enlarged."""

    angle: int
    enlarged: float


# Small letters and letters on end are found in enlarged and turned frames only; three times finds a tenth more than
# twice does, the frame as it is adds nothing.
VIEWS = (View(0, 3), View(90, 3), View(45, 2), View(-45, 2))
# Least probability of a pixel of a part, and of the mean of a part's pixels.
PIXEL, PART = 0.2, 0.5
# A part is text if its mean is SURE and its edges are SHARPER than those around, or if they are MUCH_SHARPER. Of 125
# real images, parts of tissue reached 0.84 where they were SHARPER, and 1.6 times the edges around; of words 98 of 100
# reached 0.93 and 1.6 times. Single letters, and letters far apart, reach no more than 0.5 but 2 to 12 times.
SURE, SHARPER, MUCH_SHARPER = 0.88, 1.5, 2.0
LIMITS = ((SURE, SHARPER), (PART, MUCH_SHARPER))
# A part is widened on each side by this many times its area through its perimeter, and by this many pixels.
WIDENED, MARGIN = 2.0, 2
# pixels: the shorter side of the largest part, before it is widened
LARGEST = 48
# share of a rectangle from which on colour flow makes it none of text; a smooth patch of flow fills 0.2 to 0.5
FLOW = 0.2


def find_text_areas(frame: Pixels) -> NDArray[np.bool_]:
    """Mark where the network sees text on one frame.

    Parameters
    ----------
    frame : (rows, columns) or (rows, columns, 3) uint8 or uint16

    Returns
    -------
    (rows, columns) bool
        Rectangles around lines or words, turned as these are.

    Raises
    ------
    StudyError
        When the network cannot be loaded.
    """
    flow = mark_solid_colour(frame)
    found = np.zeros(flow.shape, dtype=np.bool_)
    for box, inside in find_sharp_areas(brightest_channel(frame), LIMITS):
        if flow[box.window][inside].mean() < FLOW:
            found[box.window] |= inside
    return found


def find_sharp_areas(
    level: NDArray[np.uint8], limits: Iterable[tuple[float, float]]
) -> Iterator[tuple[Box, NDArray[np.bool_]]]:
    """Yield where the network sees text that is sharper than what is around.

    Parameters
    ----------
    level : (rows, columns) uint8
    limits : iterable of (float, float)
        Least mean probability of a rectangle, and times that it is as sharp as its surround; one pair must be met.

    Yields
    ------
    Box
        Around a rectangle and its surround.
    (rows, columns) bool
        Which pixels of the box the rectangle fills; at least one.
    """
    edges = measure_edges(level)
    for corners, score in _find_rectangles(level):
        box, inside = _fill(corners, level.shape)
        if any(score >= sure and is_sharp(edges[box.window], inside, times) for sure, times in limits):
            yield box, inside


def _find_rectangles(level: NDArray[np.uint8]) -> Iterator[tuple[NDArray[np.float32], float]]:
    """Yield the corners, x and y, of the rectangles where the network sees text, and the mean probability inside."""
    for view in VIEWS:
        scores, back = score_view(level, view)
        contours, _ = cv2.findContours((scores > PIXEL).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            centre, (width, height), angle = cv2.minAreaRect(contour)
            width, height = width + 1, height + 1
            score = _rate(scores, contour)
            if min(width, height) > LARGEST * view.enlarged or score < PART:
                continue
            further = WIDENED * width * height / (width + height) + 2 * MARGIN * view.enlarged
            corners = cv2.boxPoints((centre, (width + further, height + further), angle))
            yield cv2.transform(corners[None], back)[0], score


def score_view(level: NDArray[np.uint8], view: View) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
    """Show a frame to the network; return its scores of the view, and the affine map (2 x 3) of x and y back."""
    shown, back = _show(level, view)
    return apply_network(shown.astype(np.float32) / np.float32(127.5) - 1), back


def _show(level: NDArray[np.uint8], view: View) -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Turn and enlarge a frame; also return the affine map (2 x 3) of x and y back to the frame."""
    rows, columns = level.shape
    centre = ((columns - 1) / 2, (rows - 1) / 2)
    forth = cv2.getRotationMatrix2D(centre, view.angle, view.enlarged)
    cosine, sine = np.abs(forth[0, :2])
    width, height = rows * sine + columns * cosine, rows * cosine + columns * sine
    size = [GRID * int(np.ceil(round(side, 6) / GRID)) for side in (width, height)]
    forth[:, 2] += (np.array([width, height]) - 1) / 2 - centre
    shown = cv2.warpAffine(level, forth, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(shown, dtype=np.uint8), np.asarray(cv2.invertAffineTransform(forth))


def _rate(scores: NDArray[np.float32], contour: NDArray[Any]) -> float:
    """Return the mean score inside a contour."""
    left, top, width, height = cv2.boundingRect(contour)
    inside = np.zeros((height, width), dtype=np.uint8)
    cv2.drawContours(inside, [contour], -1, 1, cv2.FILLED, offset=(-left, -top))
    return float(cv2.mean(scores[top : top + height, left : left + width], inside)[0])


def _fill(corners: NDArray[np.float32], shape: tuple[int, ...]) -> tuple[Box, NDArray[np.bool_]]:
    """Return the box around a rectangle with its surround, and which of its pixels the rectangle fills."""
    (left, top), (right, bottom) = np.floor(corners.min(axis=0)), np.ceil(corners.max(axis=0)) + 1
    box = surround(Box(int(top), int(left), int(bottom), int(right)), shape)
    inside = np.zeros(box.sides, dtype=np.uint8)
    cv2.fillPoly(inside, [np.rint(corners - (box.left, box.top)).astype(np.int32)], 1)
    return box, inside > 0
