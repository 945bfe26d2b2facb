"""Count connected zones of one level."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.counts import Counts
from sonomics.texture.discretise import Levels


@njit(cache=True)
def count_zones(levels: Levels, highest: int) -> tuple[Counts, Counts]:
    """Count connected zones of one level; a pixel is connected to its eight neighbours.

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
        The sizes that occur, in pixels, in ascending order.

    Notes
    -----
    Two-pass labelling with a decision tree (Wu, Otoo & Suzuki 2009, Pattern Anal Appl 12:117): of the four neighbours
    visited before, those next to each other are joined already.
    """
    rows, columns = levels.shape
    number_of = np.empty((rows, columns), np.uint32)
    # Of each zone number: the older number it was joined to (or itself), its level, its pixels.
    older, level_of = np.empty(rows * columns, np.uint32), np.empty(rows * columns, np.int32)
    pixels = np.empty(rows * columns, np.int32)
    next_number = np.uint32(0)
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
                    number = _join(older, number, here[column - 1])
                elif upper[column - 1] == level:
                    number = _join(older, number, above[column - 1])
            elif middle[column - 1] == level:
                number = here[column - 1]
            elif upper[column - 1] == level:
                number = above[column - 1]
            else:
                number = next_number
                older[number], level_of[number], pixels[number] = number, level, 0
                next_number += np.uint32(1)
            here[column] = number
            pixels[number] += 1
    return _count_sizes(older[:next_number], level_of[:next_number], pixels[:next_number], highest)


@njit(cache=True)
def _join(older: NDArray[np.uint32], first: np.uint32, second: np.uint32) -> np.uint32:
    """Join two zones and return their oldest number."""
    while older[first] != first:
        first = older[first]
    while older[second] != second:
        second = older[second]
    oldest = min(first, second)
    older[first] = older[second] = oldest
    return oldest


@njit(cache=True)
def _count_sizes(older: NDArray[np.uint32], level_of: Levels, pixels: Levels, highest: int) -> tuple[Counts, Counts]:
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
