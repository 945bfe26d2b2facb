"""Turn images of any size into one array of network inputs, and find where in an input its image lies."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice]


def find_box(shape: Sequence[int], size: int) -> Box:
    """Find the rows and columns of a square of side `size` that an image of (rows, columns, ...) fills."""
    scale = size / max(shape[:2])
    rows, columns = (max(1, round(side * scale)) for side in shape[:2])
    top, left = (size - rows) // 2, (size - columns) // 2
    return slice(top, top + rows), slice(left, left + columns)


def stack_images(images: Sequence[NDArray[np.uint8]], size: int) -> NDArray[np.uint8]:
    """Resize images to squares and stack them.

    Proportions are kept: the longer side fills the square, the rest is black. Shrinking averages over area, enlarging
    is bilinear.

    Parameters
    ----------
    images : sequence of (rows, columns) or (rows, columns, 3) uint8
        All grey or all colour.
    size : int
        Side of a square, in pixels.

    Returns
    -------
    (n, size, size) or (n, size, size, 3) uint8
    """
    channels = images[0].shape[2:] if len(images) else ()
    squares = np.zeros((len(images), size, size, *channels), dtype=np.uint8)
    for square, image in zip(squares, images, strict=True):
        rows, columns = find_box(image.shape, size)
        interpolation = cv2.INTER_AREA if size < max(image.shape[:2]) else cv2.INTER_LINEAR
        width, height = columns.stop - columns.start, rows.stop - rows.start
        square[rows, columns] = cv2.resize(image, (width, height), interpolation=interpolation)
    return squares
