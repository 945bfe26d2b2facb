"""Turn images of any size into one array of network inputs, and find where in an input its image lies."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

Box = tuple[slice, slice]


@dataclass(frozen=True)
class Inputs:
    """What a network is given of every row: its image or images, and whatever stands beside them.

    Attributes
    ----------
    images : (n, channels, rows, columns) or (n, views, channels, rows, columns) uint8 tensor
        Grey (1) or colour (3), and perhaps the outline as a further channel, 255 inside.
    others : tuple of (n, ...) tensor
        Go to the network after the images, in this order.
    """

    images: Tensor
    others: tuple[Tensor, ...] = ()

    @classmethod
    def of_images(cls, images: NDArray[np.uint8]) -> Self:
        """Make the inputs of a network that sees one image a row, (n, rows, columns) or (n, rows, columns, 3)."""
        return cls(to_planes(images))

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.images)

    def take(self, rows: Tensor) -> Self:
        """Take some rows by their places, int64, or those marked, bool."""
        return type(self)(self.images[rows], tuple(other[rows] for other in self.others))

    def mirror(self) -> Self:
        """Exchange left and right of every image."""
        return type(self)(self.images.flip(-1), self.others)

    def to_arguments(self, device: torch.device) -> tuple[Tensor, ...]:
        """Return the arguments of the network on a device: images float32 on the scale 0-1, then the others."""
        return self.images.to(device).float() / 255, *(other.to(device) for other in self.others)


def count_colours(images: Tensor) -> int:
    """Count the channels of images (n, channels, rows, columns) that are no outline: 1 or 3, whatever follows them."""
    return images.shape[1] - (images.shape[1] % 2 == 0)


def to_planes(images: NDArray[np.uint8]) -> Tensor:
    """Convert images (n, rows, columns) or (n, rows, columns, channels) to (n, channels, rows, columns)."""
    tensor = torch.from_numpy(np.ascontiguousarray(images))
    return tensor[:, None] if tensor.ndim == 3 else tensor.permute(0, 3, 1, 2)


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
