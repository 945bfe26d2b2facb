"""Boxes on a frame."""

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray


class Box(NamedTuple):
    """A box on a frame, in pixels; bottom and right are the first row and column outside."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def sides(self) -> tuple[int, int]:
        """Height and width; negative when the box is turned inside out."""
        return self.bottom - self.top, self.right - self.left

    @property
    def area(self) -> int:
        """Number of pixels; 0 when the box is turned inside out."""
        height, width = self.sides
        return max(0, height) * max(0, width)

    @property
    def window(self) -> tuple[slice, slice]:
        """Rows and columns, to index a frame."""
        return slice(self.top, self.bottom), slice(self.left, self.right)

    def overlap(self, other: "Box") -> float:
        """Return the share of this box that lies in another."""
        shared = Box(
            max(self.top, other.top), max(self.left, other.left),
            min(self.bottom, other.bottom), min(self.right, other.right),
        )  # fmt: skip
        return shared.area / self.area


def clip_to_frame(box: Box, rows: int, columns: int) -> Box | None:
    """Clip a box to a frame.

    Returns
    -------
    Box or None
        None when the box is turned inside out, begins outside the frame or is more than one pixel larger: then it was
        stated for another frame. One pixel is forgiven, since some scanners count the far edge.
    """
    top, left, bottom, right = box
    if not (0 <= top < bottom <= rows + 1 and 0 <= left < right <= columns + 1):
        return None
    return Box(top, left, min(bottom, rows), min(right, columns))


def boxes_around_parts(mask: NDArray[np.bool_]) -> list[tuple[Box, int]]:
    """Find the connected parts (8 neighbours) of a mask: the box around each, and its number of pixels."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    parts = (stats[number].tolist() for number in range(1, count))
    return [(Box(top, left, top + height, left + width), pixels) for left, top, width, height, pixels in parts]
