"""Images of any size as one array of network inputs."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray


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
        scale = size / max(image.shape[:2])
        rows, columns = (max(1, round(side * scale)) for side in image.shape[:2])
        method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        top, left = (size - rows) // 2, (size - columns) // 2
        square[top : top + rows, left : left + columns] = cv2.resize(image, (columns, rows), interpolation=method)
    return squares
