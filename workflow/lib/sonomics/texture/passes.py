"""One walk over the pixels of a region for each kind of count that textures are made of.

Every pass takes a padded window of levels, 0 outside the region (`sonomics.texture.discretise.window`). The compiled
functions of this package call only others of their own module: numba notices an edit to a function's own file alone.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.discretise import Levels

Counts = NDArray[np.int64]

# Steps to the next pixel, (rows, columns), in the plane: 0, 45, 90 and 135 degrees.
DIRECTIONS = ((0, 1), (1, -1), (1, 0), (1, 1))


@njit(cache=True)
def cooccurrences(levels: Levels, highest: int, steps: Counts, pad: int) -> Counts:
    """Count pairs of levels a step apart.

    Parameters
    ----------
    levels : (rows, columns) int32 array
        A window with `pad` rows and columns around the region.
    highest : int
        The highest level.
    steps : (steps, 2) int64 array
        Rows and columns from the first to the second pixel, at most `pad`.
    pad : int
        As said.

    Returns
    -------
    (steps, highest + 1, highest + 1) int64 array
        One way only; row and column 0 count pairs that leave the region.
    """
    counts = np.zeros((len(steps), highest + 1, highest + 1), np.int64)
    rows, columns = levels.shape
    for row in range(pad, rows - pad):
        for column in range(pad, columns - pad):
            level = levels[row, column]
            if level:
                for step in range(len(steps)):
                    counts[step, level, levels[row + steps[step, 0], column + steps[step, 1]]] += 1
    return counts


@njit(cache=True)
def runs(levels: Levels, highest: int) -> Counts:
    """Count runs of one level along each of `DIRECTIONS`.

    Parameters
    ----------
    levels : (rows, columns) int32 array
        A window padded by 1.
    highest : int
        The highest level.

    Returns
    -------
    (4, highest + 1, longest + 1) int64 array
        By direction, level and length; `longest` is the longer side of the region.
    """
    rows, columns = levels.shape
    counts = np.zeros((4, highest + 1, max(rows, columns) - 1), np.int64)
    here, above = np.zeros((4, columns), np.int64), np.zeros((4, columns), np.int64)
    for row in range(1, rows - 1):
        for column in range(1, columns - 1):
            level = levels[row, column]
            if level == 0:
                continue
            here[0, column] = here[0, column - 1] + 1 if levels[row, column - 1] == level else 1
            here[1, column] = above[1, column + 1] + 1 if levels[row - 1, column + 1] == level else 1
            here[2, column] = above[2, column] + 1 if levels[row - 1, column] == level else 1
            here[3, column] = above[3, column - 1] + 1 if levels[row - 1, column - 1] == level else 1
            if levels[row, column + 1] != level:
                counts[0, level, here[0, column]] += 1
            if levels[row + 1, column - 1] != level:
                counts[1, level, here[1, column]] += 1
            if levels[row + 1, column] != level:
                counts[2, level, here[2, column]] += 1
            if levels[row + 1, column + 1] != level:
                counts[3, level, here[3, column]] += 1
        here, above = above, here
    return counts


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
    """
    rows, columns = levels.shape
    left = levels.copy().ravel()
    steps = np.array([1, columns - 1, columns, columns + 1, -1, 1 - columns, -columns, -columns - 1])
    stack = np.empty(len(left), np.int64)
    zone_levels, zone_sizes = np.empty(len(left), np.int64), np.empty(len(left), np.int64)
    found, largest = 0, 0
    for start in range(len(left)):
        level = left[start]
        if level == 0:
            continue
        left[start] = 0
        stack[0] = start
        waiting, size = 1, 0
        while waiting:
            waiting -= 1
            size += 1
            place = stack[waiting]
            for step in steps:
                if left[place + step] == level:
                    left[place + step] = 0
                    stack[waiting] = place + step
                    waiting += 1
        zone_levels[found], zone_sizes[found] = level, size
        found += 1
        largest = max(largest, size)
    column_of = np.zeros(largest + 1, np.int64)
    for zone in range(found):
        column_of[zone_sizes[zone]] = 1
    sizes = np.flatnonzero(column_of)
    column_of[sizes] = np.arange(len(sizes))
    counts = np.zeros((highest + 1, len(sizes)), np.int64)
    for zone in range(found):
        counts[zone_levels[zone], column_of[zone_sizes[zone]]] += 1
    return counts, sizes


@njit(cache=True)
def neighbourhoods(levels: Levels, highest: int) -> tuple[Counts, Counts, NDArray[np.float64]]:
    """Compare every pixel with its eight neighbours in the region.

    Parameters
    ----------
    levels : (rows, columns) int32 array
        A window padded by 1.
    highest : int
        The highest level.

    Returns
    -------
    dependences : (highest + 1, 10) int64 array
        Pixels by level and by the number of equal pixels among them and their neighbours, 1 to 9.
    pixels : (highest + 1,) int64 array
        Pixels of each level.
    differences : (highest + 1,) float array
        Sum over these pixels of the distance between the level and the mean level of the neighbours; a pixel without a
        neighbour adds nothing.
    """
    rows, columns = levels.shape
    flat = levels.ravel()
    dependences = np.zeros((highest + 1, 10), np.int64)
    pixels, differences = np.zeros(highest + 1, np.int64), np.zeros(highest + 1)
    for row in range(1, rows - 1):
        for place in range(row * columns + 1, (row + 1) * columns - 1):
            level = flat[place]
            if level == 0:
                continue
            total, near, equal = 0, 0, 1
            for line in (place - columns, place, place + columns):
                for other in (flat[line - 1], flat[line], flat[line + 1]):
                    total += other
                    near += other != 0
                    equal += other == level
            total, near, equal = total - level, near - 1, equal - 1
            dependences[level, equal] += 1
            pixels[level] += 1
            if near:
                differences[level] += abs(level - total / near)
    return dependences, pixels, differences
