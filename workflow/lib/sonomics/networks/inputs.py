"""Images of any size as one array of network inputs, and where in them an image lies."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

Box = tuple[slice, slice]


def placed(shape: Sequence[int], size: int) -> Box:
    """Return the rows and columns of a square of side `size` that an image of (rows, columns, ...) fills."""
    scale = size / max(shape[:2])
    rows, columns = (max(1, round(side * scale)) for side in shape[:2])
    top, left = (size - rows) // 2, (size - columns) // 2
    return slice(top, top + rows), slice(left, left + columns)


def stacked(images: Sequence[NDArray[np.uint8]], size: int) -> NDArray[np.uint8]:
    """Resize images to squares, the longer side first padded for by black, and stack them.

    Proportions are kept. Shrinking averages over area, enlarging is bilinear.

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
    planes = images[0].shape[2:] if len(images) else ()
    squares = np.zeros((len(images), size, size, *planes), dtype=np.uint8)
    for square, image in zip(squares, images, strict=True):
        rows, columns = placed(image.shape, size)
        method = cv2.INTER_AREA if size < max(image.shape[:2]) else cv2.INTER_LINEAR
        inside = (columns.stop - columns.start, rows.stop - rows.start)
        square[rows, columns] = cv2.resize(image, inside, interpolation=method)
    return squares
