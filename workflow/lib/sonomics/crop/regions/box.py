"""The rectangle that is cut out around a region."""

import numpy as np

from sonomics.crop.outlines.rasterise import Mask

MIN_MARGIN = 2  # pixels, of a margin that is not 0

Box = tuple[slice, slice]


def bounding_box(region: Mask, margin: float) -> Box:
    """Return the rows and columns of a region with a margin, cut at the image's edge.

    Parameters
    ----------
    region : (rows, columns) bool array
        Not empty.
    margin : float
        As a fraction of the longer side of the region; at least 2 pixels unless it is 0.
    """
    extents = [np.flatnonzero(region.any(axis=axis)) for axis in (1, 0)]
    longer = max(int(np.ptp(extent)) + 1 for extent in extents)
    pad = max(MIN_MARGIN, round(margin * longer)) if margin > 0 else 0
    rows, columns = (
        slice(max(0, int(extent[0]) - pad), min(length, int(extent[-1]) + 1 + pad))
        for extent, length in zip(extents, region.shape, strict=True)
    )
    return rows, columns


def extend_to_square(box: Box, shape: tuple[int, int]) -> Box:
    """Extend the shorter side of a box to the longer, and shift the box to stay inside the image.

    Where the image itself is narrower, the box is as wide as the image.

    Parameters
    ----------
    box : (rows, columns) slices
    shape : (rows, columns)
        Size of the image.
    """
    side = max(part.stop - part.start for part in box)
    rows, columns = box
    return _extend(rows, side, shape[0]), _extend(columns, side, shape[1])


def _extend(part: slice, side: int, length: int) -> slice:
    start = part.start - (side - (part.stop - part.start)) // 2
    start = max(0, min(start, length - side))
    return slice(start, min(start + side, length))
