"""Passes over the pixels of a region, one for each kind of count that textures are made of.

Every pass takes a padded window of levels, 0 outside the region (`sonomics.texture.discretise.lay_in_window`). A
compiled function of this package calls only functions of its own module: numba recompiles after an edit to that file
only. Indices of tables are unsigned, so that numba need not handle negative ones.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.discretise import Levels

Counts = NDArray[np.int64]

# Steps to the next pixel, (rows, columns), in the plane: 0, 45, 90 and 135 degrees.
DIRECTIONS = ((0, 1), (1, -1), (1, 0), (1, 1))


@njit(cache=True)
def count_cooccurrences(levels: Levels, highest: int, steps: Counts, pad: int) -> Counts:
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
        Rows and columns of zeros around the region.

    Returns
    -------
    (steps, highest + 1, highest + 1) int64 array
        By step, level of the first and level of the second pixel; column 0 counts pairs that leave the region.
    """
    rows, columns = levels.shape
    wide = np.uint64(highest + 1)
    counts = np.zeros((len(steps), wide * wide), np.int64)
    for row in range(pad, rows - pad):
        here = levels[row, pad : columns - pad]
        for step in range(len(steps)):
            pairs, down, right = counts[step], steps[step, 0], steps[step, 1]
            there = levels[row + down, pad + right : columns - pad + right]
            for column in range(len(here)):
                if here[column]:
                    pairs[np.uint64(here[column]) * wide + np.uint64(there[column])] += 1
    return counts.reshape(len(steps), highest + 1, highest + 1)


@njit(cache=True)
def count_adjacent(levels: Levels, highest: int) -> Counts:
    """Count pairs of adjacent levels along each of `DIRECTIONS`, as `count_cooccurrences` does, in half its time.

    Parameters
    ----------
    levels : (rows, columns) int32 array
        A window padded by 1.
    highest : int
        The highest level.

    Returns
    -------
    (4, highest + 1, highest + 1) int64 array
        By direction, level of the first and level of the second pixel; column 0 counts pairs that leave the region.
    """
    rows, columns = levels.shape
    wide = np.uint64(highest + 1)
    counts = np.zeros((4, wide * wide), np.int64)
    level_pairs, rising_pairs, upright_pairs, falling_pairs = counts
    for row in range(1, rows - 1):
        middle, lower = levels[row], levels[row + 1]
        for column in range(1, columns - 1):
            if middle[column]:
                first = np.uint64(middle[column]) * wide
                level_pairs[first + np.uint64(middle[column + 1])] += 1
                rising_pairs[first + np.uint64(lower[column - 1])] += 1
                upright_pairs[first + np.uint64(lower[column])] += 1
                falling_pairs[first + np.uint64(lower[column + 1])] += 1
    return counts.reshape(4, highest + 1, highest + 1)


@njit(cache=True)
def count_runs(levels: Levels, highest: int) -> Counts:
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
        By direction, level and length; `longest` is the length of the longest run.
    """
    rows, columns = levels.shape
    # Above the length of any run, since the window is padded, and odd: tables a power of two apart would share lines of
    # the cache.
    long = max(rows, columns) | 1
    # Number of runs of at least n pixels, by direction, level and n.
    reached = np.zeros((4, (highest + 1) * long), np.int64)
    level_runs, rising_runs, upright_runs, falling_runs = reached
    here, above = np.zeros((3, columns), np.int32), np.zeros((3, columns), np.int32)
    for row in range(1, rows - 1):
        middle = levels[row]
        rising, upright, falling = here
        _extend_runs(middle, levels[row - 1], above[0], above[1], above[2], rising, upright, falling)
        run = np.int32(0)
        for column in range(1, columns - 1):
            run = np.int32(1) + (run if middle[column - 1] == middle[column] else np.int32(0))
            if middle[column]:
                first = np.uint64(middle[column]) * np.uint64(long)
                level_runs[first + np.uint64(run)] += 1
                rising_runs[first + np.uint64(rising[column])] += 1
                upright_runs[first + np.uint64(upright[column])] += 1
                falling_runs[first + np.uint64(falling[column])] += 1
        here, above = above, here
    return _count_ended(reached, highest, long)


@njit(cache=True)
def _count_ended(reached: Counts, highest: int, long: int) -> Counts:
    """Turn numbers of runs of at least n pixels into numbers of runs of n pixels."""
    longest, is_longer = 1, True
    while is_longer:
        is_longer = False
        for direction in range(4):
            for level in range(1, highest + 1):
                is_longer = is_longer or reached[direction, level * long + longest + 1] > 0
        longest += is_longer
    counts = np.zeros((4, highest + 1, longest + 1), np.int64)
    for direction in range(4):
        for level in range(1, highest + 1):
            for length in range(1, longest + 1):
                index = level * long + length
                counts[direction, level, length] = reached[direction, index] - reached[direction, index + 1]
    return counts


@njit(cache=True)
def _extend_runs(
    middle: Levels,
    upper: Levels,
    rising_above: Levels,
    upright_above: Levels,
    falling_above: Levels,
    rising: Levels,
    upright: Levels,
    falling: Levels,
) -> None:
    """Extend the runs of the row above to a row: write their lengths; the compiler does eight pixels at a time."""
    one, none = np.int32(1), np.int32(0)
    for column in range(1, len(middle) - 1):
        level = middle[column]
        rising[column] = one + (rising_above[column + 1] if upper[column + 1] == level else none)
        upright[column] = one + (upright_above[column] if upper[column] == level else none)
        falling[column] = one + (falling_above[column - 1] if upper[column - 1] == level else none)


@njit(cache=True)
def compare_neighbours(levels: Levels, highest: int) -> tuple[Counts, NDArray[np.float64]]:
    """Compare every pixel with its eight neighbours.

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
    differences : (highest + 1,) float array
        Sum over the pixels of each level of the distance between the level and the mean level of the neighbours; a
        pixel without a neighbour adds nothing.
    """
    rows, columns = levels.shape
    dependences, by_neighbours = np.zeros((highest + 1, 10), np.int64), np.zeros((highest + 1, 9), np.int64)
    ten, nine = np.uint64(10), np.uint64(9)
    pixels, distances = dependences.ravel(), by_neighbours.ravel()
    equals, near, apart = np.zeros(columns, np.int32), np.zeros(columns, np.int32), np.zeros(columns, np.int32)
    for row in range(1, rows - 1):
        middle = levels[row]
        _compare_row(levels[row - 1], middle, levels[row + 1], equals, near, apart)
        for column in range(1, columns - 1):
            if middle[column]:
                level = np.uint64(middle[column])
                pixels[level * ten + np.uint64(equals[column])] += 1
                distances[level * nine + np.uint64(near[column])] += apart[column]
    differences = np.zeros(highest + 1)
    for row in range(highest + 1):
        for number in range(1, 9):
            differences[row] += by_neighbours[row, number] / number
    return dependences, differences


@njit(cache=True)
def _compare_row(upper: Levels, middle: Levels, lower: Levels, equals: Levels, near: Levels, apart: Levels) -> None:
    """Compare the pixels of a row with their neighbours.

    Write for each pixel the number of equals (itself included), the number of neighbours, and this number times the
    distance from their mean level.
    """
    one, none = np.int32(1), np.int32(0)
    for column in range(1, len(middle) - 1):
        level = middle[column]
        equal, number, total = none, none, none
        for line in (upper, middle, lower):
            for step in (-1, 0, 1):
                other = line[column + step]
                equal += one if other == level else none
                number += one if other > 0 else none
                total += other
        # Equals, number and total include the pixel itself.
        equals[column], near[column] = equal, number - one
        apart[column] = abs(level * number - total)
