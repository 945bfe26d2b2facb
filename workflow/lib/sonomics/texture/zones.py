"""Connected zones of one level."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.counts import Counts
from sonomics.texture.discretise import Levels


@njit(cache=True)
def zones(levels: Levels, highest: int) -> tuple[Counts, Counts]:
    """Count connected zones of one level, eight neighbours a pixel.

    Parameters
    ----------
    levels : (rows, columns) int32 array
        A window padded by 1.
    highest : int
        The highest level.

    Returns
    -------
    counts : (highest + 1, sizes) int64 array
        By level and size.
    sizes : (sizes,) int64 array
        The sizes that occur, in pixels, rising.

    Notes
    -----
    Two-pass labelling with a decision tree (Wu, Otoo & Suzuki 2009, Pattern Anal Appl 12:117): of the four neighbours
    seen before, those next to each other are joined already.
    """
    rows, columns = levels.shape
    number_of = np.empty((rows, columns), np.uint32)
    # Of each number: the older one it was joined to (or itself), its level, its pixels.
    older, level_of = np.empty(rows * columns, np.uint32), np.empty(rows * columns, np.int32)
    pixels = np.empty(rows * columns, np.int32)
    found = np.uint32(0)
    for row in range(1, rows - 1):
        upper, middle = levels[row - 1], levels[row]
        above, here = number_of[row - 1], number_of[row]
        for column in range(1, columns - 1):
            level = middle[column]
            if level == 0:
                continue
            if upper[column] == level:
                number = above[column]
            elif upper[column + 1] == level:
                number = above[column + 1]
                if middle[column - 1] == level:
                    number = _joined(older, number, here[column - 1])
                elif upper[column - 1] == level:
                    number = _joined(older, number, above[column - 1])
            elif middle[column - 1] == level:
                number = here[column - 1]
            elif upper[column - 1] == level:
                number = above[column - 1]
            else:
                number = found
                older[number], level_of[number], pixels[number] = number, level, 0
                found += np.uint32(1)
            here[column] = number
            pixels[number] += 1
    return _counted(older[:found], level_of[:found], pixels[:found], highest)


@njit(cache=True)
def _joined(older: NDArray[np.uint32], one: np.uint32, other: np.uint32) -> np.uint32:
    while older[one] != one:
        one = older[one]
    while older[other] != other:
        other = older[other]
    oldest = min(one, other)
    older[one] = older[other] = oldest
    return oldest


@njit(cache=True)
def _counted(older: NDArray[np.uint32], level_of: Levels, pixels: Levels, highest: int) -> tuple[Counts, Counts]:
    largest = 0
    for number in range(len(older) - 1, -1, -1):
        if older[number] != number:
            pixels[older[number]] += pixels[number]
            pixels[number] = 0
        largest = max(largest, pixels[number])
    column_of = np.zeros(largest + 1, np.int64)
    for number in range(len(older)):
        column_of[pixels[number]] = 1
    sizes = np.zeros(column_of[1:].sum(), np.int64)
    column = 0
    for size in range(1, largest + 1):
        if column_of[size]:
            sizes[column], column_of[size] = size, column
            column += 1
    counts = np.zeros((highest + 1, column), np.int64)
    for number in range(len(older)):
        if pixels[number]:
            counts[level_of[number], column_of[pixels[number]]] += 1
    return counts, sizes
