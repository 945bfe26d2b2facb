"""Count connected zones of one level, by size and by distance from the border of the region."""

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
    """
    _, older, level_of, pixels = _number_zones(levels)
    return _count_sizes(older, level_of, pixels, highest)


@njit(cache=True)
def _number_zones(levels: Levels) -> tuple[NDArray[np.uint32], NDArray[np.uint32], Levels, Levels]:
    """Give every pixel the number of its zone; of each number: the older one it was joined to, its level, its pixels.

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
    return number_of, older[:next_number], level_of[:next_number], pixels[:next_number]


@njit(cache=True)
def count_zone_distances(levels: Levels, highest: int) -> Counts:
    """Count connected zones of one level by their distance from the border of the region (Thibault et al. 2014).

    The distance of a pixel is the number of steps to the nearest pixel outside, over edges alone (IBSI: four
    neighbours in two dimensions); that of a zone is the smallest of its pixels. Pixels beyond the window are outside.

    Parameters
    ----------
    levels : (rows, columns) int32 array
        A window padded by 1.
    highest : int
        The highest level.

    Returns
    -------
    (highest + 1, farthest + 1) int64 array
        By level and distance; `farthest` is the largest distance of a pixel, and column 0 is empty.
    """
    number_of, older, level_of, _ = _number_zones(levels)
    distances = _measure_distances(levels)
    rows, columns = levels.shape
    nearest = np.full(len(older), rows + columns, np.int32)
    farthest = 0
    for row in range(1, rows - 1):
        for column in range(1, columns - 1):
            if levels[row, column]:
                distance, number = distances[row, column], number_of[row, column]
                nearest[number] = min(nearest[number], distance)
                farthest = max(farthest, distance)
    counts = np.zeros((highest + 1, farthest + 1), np.int64)
    # A number is joined to older ones alone, so that from the youngest on each hands its distance to its zone.
    for number in range(len(older) - 1, -1, -1):
        if older[number] != number:
            nearest[older[number]] = min(nearest[older[number]], nearest[number])
        else:
            counts[level_of[number], nearest[number]] += 1
    return counts


@njit(cache=True)
def _measure_distances(levels: Levels) -> Levels:
    """Measure the city-block distance of every pixel from the outside, in two passes (Rosenfeld & Pfaltz 1966)."""
    rows, columns = levels.shape
    distances = np.zeros((rows, columns), np.int32)
    one = np.int32(1)
    for row in range(1, rows - 1):
        for column in range(1, columns - 1):
            if levels[row, column]:
                distances[row, column] = min(distances[row - 1, column], distances[row, column - 1]) + one
    for row in range(rows - 2, 0, -1):
        for column in range(columns - 2, 0, -1):
            near = min(distances[row + 1, column], distances[row, column + 1]) + one
            distances[row, column] = min(distances[row, column], near)
    return distances


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
