"""Read crops as a network sees them: grey, and the outline beside it where the network takes it."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonomics.core.images import read_grey, read_mask
from sonomics.networks.inputs import stack_images


def read_crops(files: Iterable[str], outlines: Iterable[str], size: int, mask: str) -> NDArray[np.uint8]:
    """Read crops as squares.

    Parameters
    ----------
    files : iterable of str
        Images.
    outlines : iterable of str
        Of the same crops.
    size : int
        Side of a square, pixels.
    mask : str
        As in params; of all but "none" the outline is a further channel, 255 inside.

    Returns
    -------
    (n, size, size) or (n, size, size, 2) uint8
    """
    images = stack_images([read_grey(Path(file)) for file in files], size)
    if mask == "none":
        return images
    drawn = [np.where(read_mask(Path(file)), np.uint8(255), np.uint8(0)) for file in outlines]
    return np.stack([images, stack_images(drawn, size)], axis=-1)
