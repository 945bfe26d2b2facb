"""One walk over the pixels of a region for each kind of count that textures are made of.

Every pass takes a padded window of levels, 0 outside the region (`sonomics.texture.discretise.window`). The compiled
functions of this package call only others of their own module: numba notices an edit to a function's own file alone.
"""

from typing import NamedTuple

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


class Survey(NamedTuple):
    """What one walk over the pixels and their eight neighbours counts; `highest` is the highest level.

    Attributes
    ----------
    pairs : (4, highest + 1, highest + 1) int64 array
        Pairs of levels one step along each of `DIRECTIONS`, as `cooccurrences` counts them.
    runs : (4, highest + 1, longest + 1) int64 array
        Runs of one level along each of `DIRECTIONS`, by level and length; `longest` is the longest run.
    dependences : (highest + 1, 10) int64 array
        Pixels by level and by the number of equal pixels among them and their neighbours, 1 to 9.
    differences : (highest + 1,) float array
        Sum over the pixels of each level of the distance between it and the mean level of the neighbours; a pixel
        without a neighbour adds nothing.
    """

    pairs: Counts
    runs: Counts
    dependences: Counts
    differences: NDArray[np.float64]


def survey(levels: Levels, highest: int) -> Survey:
    """Compare every pixel with its eight neighbours.

    Parameters
    ----------
    levels : (rows, columns) int32 array
        A window padded by 1.
    highest : int
        The highest level.
    """
    return Survey(*_surveyed(levels, highest))


@njit(cache=True)
def _surveyed(levels: Levels, highest: int) -> tuple[Counts, Counts, Counts, NDArray[np.float64]]:
    rows, columns = levels.shape
    unsigned = levels.astype(np.uint32)  # numba need not look whether an index counts from the end
    # Tables of levels by levels, and of levels by lengths, row after row.
    wide, long = np.uint64(highest + 1), np.uint64(max(rows, columns) - 1)
    pairs, runs = np.zeros((4, wide * wide), np.int64), np.zeros((4, wide * long), np.int64)
    pairs_0, pairs_45, pairs_90, pairs_135 = pairs
    runs_0, runs_45, runs_90, runs_135 = runs
    dependences, differences = np.zeros((highest + 1, 10), np.int64), np.zeros(highest + 1)
    # Lengths of the runs that end in the pixels of this row and of the row above, in the last three directions.
    here, above = np.zeros((3, columns), np.uint64), np.zeros((3, columns), np.uint64)
    one, none = np.uint64(1), np.uint64(0)
    for row in range(1, rows - 1):
        upper, middle, lower = unsigned[row - 1], unsigned[row], unsigned[row + 1]
        level_run = none
        for column in range(1, columns - 1):
            level = middle[column]
            if level == 0:
                continue
            west, east, north, south = middle[column - 1], middle[column + 1], upper[column], lower[column]
            north_west, north_east = upper[column - 1], upper[column + 1]
            south_west, south_east = lower[column - 1], lower[column + 1]
            first = level * wide
            pairs_0[first + east] += 1
            pairs_45[first + south_west] += 1
            pairs_90[first + south] += 1
            pairs_135[first + south_east] += 1
            to_west, to_east, to_north, to_south = west == level, east == level, north == level, south == level
            to_north_west, to_south_east = north_west == level, south_east == level
            to_north_east, to_south_west = north_east == level, south_west == level
            level_run = one + (level_run if to_west else none)
            rising_run = one + (above[0, column + 1] if to_north_east else none)
            upright_run = one + (above[1, column] if to_north else none)
            falling_run = one + (above[2, column - 1] if to_north_west else none)
            here[0, column], here[1, column], here[2, column] = rising_run, upright_run, falling_run
            first = level * long
            runs_0[first + level_run] += 1 - to_east
            runs_45[first + rising_run] += 1 - to_south_west
            runs_90[first + upright_run] += 1 - to_south
            runs_135[first + falling_run] += 1 - to_south_east
            equal = to_west + to_east + to_north + to_south
            equal += to_north_west + to_south_east + to_north_east + to_south_west
            dependences[level, 1 + equal] += 1
            near = (west > 0) + (east > 0) + (north > 0) + (south > 0)
            near += (north_west > 0) + (south_east > 0) + (north_east > 0) + (south_west > 0)
            if near:
                total = west + east + north + south + north_west + south_east + north_east + south_west
                differences[level] += abs(level - total / near)
        here, above = above, here
    by_length = runs.reshape(4, highest + 1, max(rows, columns) - 1)
    longest = by_length.shape[2] - 1
    while longest > 1 and not by_length[:, :, longest].any():
        longest -= 1
    by_level = pairs.reshape(4, highest + 1, highest + 1)
    return by_level, by_length[:, :, : longest + 1].copy(), dependences, differences


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
    columns = levels.shape[1]
    left = levels.copy().ravel()
    # Unsigned sums wrap around: adding 2^64 - 1 is one step back.
    steps = np.array([1, columns - 1, columns, columns + 1, -1, 1 - columns, -columns, -columns - 1]).astype(np.uint64)
    stack = np.empty(len(left), np.uint64)
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
                near = place + step
                if left[near] == level:
                    left[near] = 0
                    stack[waiting] = near
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
