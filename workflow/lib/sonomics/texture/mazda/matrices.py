"""MaZda's features of co-occurrence and run-length matrices."""

from itertools import product

import numpy as np
from numpy.typing import NDArray

from sonomics.texture import glcm
from sonomics.texture.counts import DIRECTIONS, count_cooccurrences, count_runs
from sonomics.texture.size_matrices import RUNS, size_features

# MaZda's name of each parameter -> name of the same quantity in `sonomics.texture.glcm`.
PAIRS = {
    "AngScMom": "JointEnergy",
    "Contrast": "Contrast",
    "Correlat": "Correlation",
    "SumOfSqs": "SumSquares",
    "InvDfMom": "Idm",
    "SumAverg": "SumAverage",
    "SumVarnc": "ClusterTendency",
    "SumEntrp": "SumEntropy",
    "Entropy": "JointEntropy",
    "DifVarnc": "DifferenceVariance",
    "DifEntrp": "DifferenceEntropy",
}
LINES = {"Horzl": (0, 1), "Vertl": (1, 0), "45dgr": (1, -1), "135dr": (1, 1)}
LENGTHS = {
    "RLNonUni": "RunLengthNonUniformity",
    "GLevNonU": "GrayLevelNonUniformity",
    "LngREmph": "LongRunEmphasis",
    "ShrtREmp": "ShortRunEmphasis",
    "Fraction": "RunPercentage",
}
DISTANCES = range(1, 6)
# (right, down), in MaZda's order.
OFFSETS = [
    offset
    for distance in DISTANCES
    for offset in ((distance, 0), (0, distance), (distance, distance), (distance, -distance))
]
COOCCURRENCE = tuple(f"S({right},{down}){name}" for (right, down), name in product(OFFSETS, PAIRS))
RUN_LENGTH = tuple(f"{line}_{name}" for line, name in product(LINES, LENGTHS))

_STEPS = np.array([(down, right) for right, down in OFFSETS], np.int64)
_POSITIONS = [glcm.NAMES.index(name) for name in PAIRS.values()]
_DECADIC = np.array([1 / np.log2(10) if name.startswith(("SumEnt", "Entropy", "DifEnt")) else 1.0 for name in PAIRS])
_CORRELATION = list(PAIRS).index("Correlat")
_VARIANCE = list(PAIRS).index("SumOfSqs")
_LENGTH_POSITIONS = [RUNS.index(name) for name in LENGTHS.values()]


def cooccurrence_features(window: NDArray[np.int32], highest: int, pad: int) -> NDArray[np.float64]:
    """Compute eleven parameters of the symmetric co-occurrence matrix of each of 20 offsets.

    Parameters
    ----------
    window : (rows, columns) int32 array
        Levels, 0 outside the region.
    highest : int
        The highest level.
    pad : int
        Padding of the window, at least 5.

    Returns
    -------
    (220,) float array
        In the order of `COOCCURRENCE`, `S(right,down)`; NaN for an offset that no two pixels of the region have, and
        for the correlation of equal levels.

    Notes
    -----
    Haralick, Shanmugam & Dinstein (1973), with the sum variance about the sum average; entropies to base 10, as in
    MaZda.
    """
    counts = count_cooccurrences(window, highest, _STEPS, pad)
    values = np.full((len(OFFSETS), len(PAIRS)), np.nan)
    for row, matrix in zip(values, counts, strict=True):
        for joint in glcm.symmetrise(matrix[np.newaxis]):
            row[:] = glcm.direction_features(joint)[_POSITIONS] * _DECADIC
            if row[_VARIANCE] == 0:
                row[_CORRELATION] = np.nan
    return values.ravel()


def run_length_features(window: NDArray[np.int32], highest: int, pad: int) -> NDArray[np.float64]:
    """Compute five parameters of the run-length matrix of each of four directions.

    Parameters
    ----------
    window, highest, pad
        As in `cooccurrence_features`; a padding of 1 is enough.

    Returns
    -------
    (20,) float array
        In the order of `RUN_LENGTH`; 45 degrees rises to the right, 135 falls.

    Notes
    -----
    Galloway (1975), Comput Graph Image Process 4:172.
    """
    margin = pad - 1
    height, width = window.shape
    counts = count_runs(np.ascontiguousarray(window[margin : height - margin, margin : width - margin]), highest)
    lengths = np.arange(counts.shape[2])
    features = [size_features(counts[DIRECTIONS.index(step)], lengths)[_LENGTH_POSITIONS] for step in LINES.values()]
    return np.concatenate(features)
