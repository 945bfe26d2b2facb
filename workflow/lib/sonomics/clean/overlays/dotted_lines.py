"""Find dotted lines: small spots in a row at equal steps."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

# Conventions, not tuned: with them nothing is taken from 6 simulated stills and 12 breasts without marks, and 84 to
# 88 % of the pixels of pasted lines are found (docs/clean.md).
CONTRAST = 15  # grey levels of 255 by which a spot is brighter than every pixel two steps away
NEAR, FAR = 3.0, 9.0  # pixels from one dot to the next
BEND = 1.5  # pixels by which one step may differ from the next
FEWEST = 6  # dots of a line
STRAIGHT = 1.2  # pixels: root mean square distance of the dots from their line
MOST_SPOTS = 4000  # spots of a picture above which they are noise, and their pairs too many to look at
RING = np.ones((5, 5), np.uint8)
RING[1:-1, 1:-1] = 0

Spots = NDArray[np.float64]


def find_dotted_lines(bright: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Find lines of at least `FEWEST` dots.

    Parameters
    ----------
    bright : (rows, columns) uint8

    Returns
    -------
    (rows, columns) bool
        The whole line from the first dot to the last, three pixels wide.
    """
    marks = np.zeros(bright.shape, dtype=np.uint8)
    spots = find_spots(bright)
    for line in chain_spots(spots):
        middle = line.mean(axis=0)
        along = np.linalg.svd(line - middle, full_matrices=False)[2][0]
        reach = (line - middle) @ along
        ends = [np.rint(middle + distance * along).astype(int) for distance in (reach.min(), reach.max())]
        cv2.line(marks, ends[0][::-1].tolist(), ends[1][::-1].tolist(), 1, 3)
    return marks.astype(bool)


def find_spots(bright: NDArray[np.uint8]) -> Spots:
    """Find peaks that stand out from every pixel two steps away.

    Returns
    -------
    (spots, 2) float64
        Row and column of their middles; none when there are more than `MOST_SPOTS`: that is noise.
    """
    around = cv2.dilate(bright, RING).astype(np.int16)
    peaks = (bright - around >= CONTRAST) & (bright == cv2.dilate(bright, np.ones((3, 3), np.uint8)))
    middles = cv2.connectedComponentsWithStats(peaks.astype(np.uint8), connectivity=8)[3][1:, ::-1]
    return middles if len(middles) <= MOST_SPOTS else np.empty((0, 2))


def chain_spots(spots: Spots) -> Iterator[Spots]:
    """Join steps from spot to spot that go on in the same way, and give the straight chains.

    Parameters
    ----------
    spots : (spots, 2) float64

    Yields
    ------
    (dots, 2) float64
    """
    if len(spots) < FEWEST:
        return
    pairs = cKDTree(spots).query_pairs(FAR, output_type="ndarray")
    pairs = pairs[np.hypot(*(spots[pairs[:, 0]] - spots[pairs[:, 1]]).T) >= NEAR]
    steps = np.concatenate([pairs, pairs[:, ::-1]])
    steps = steps[np.argsort(steps[:, 0], kind="stable")]
    first = np.searchsorted(steps[:, 0], np.arange(len(spots) + 1))
    before = np.repeat(np.arange(len(steps)), np.diff(first)[steps[:, 1]])
    after = np.concatenate([np.arange(first[spot], first[spot + 1]) for spot in steps[:, 1]]) if len(steps) else before
    moves = spots[steps[:, 1]] - spots[steps[:, 0]]
    alike = np.hypot(*(moves[before] - moves[after]).T) <= BEND
    links = coo_matrix((np.ones(alike.sum()), (before[alike], after[alike])), shape=(len(steps), len(steps)))
    chains = connected_components(links, directed=False)[1]
    for chain in np.flatnonzero(np.bincount(chains) >= FEWEST - 1):
        line = spots[np.unique(steps[chains == chain])]
        spread = np.linalg.svd(line - line.mean(axis=0), compute_uv=False)[-1] / np.sqrt(len(line))
        if len(line) >= FEWEST and spread <= STRAIGHT:
            yield line
