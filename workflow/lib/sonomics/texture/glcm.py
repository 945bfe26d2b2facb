"""Features of grey level co-occurrence (Haralick, Shanmugam & Dinstein 1973; Soh & Tsatsoulis 1999; Clausi 2002).

Names and conventions are PyRadiomics': symmetric matrices, one per direction, features averaged over directions.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.correlation import maximal_correlation
from sonomics.texture.counts import Counts

NAMES = (
    "Autocorrelation",
    "ClusterProminence",
    "ClusterShade",
    "ClusterTendency",
    "Contrast",
    "Correlation",
    "DifferenceAverage",
    "DifferenceEntropy",
    "DifferenceVariance",
    "Id",
    "Idm",
    "Idmn",
    "Idn",
    "Imc1",
    "Imc2",
    "InverseVariance",
    "JointAverage",
    "JointEnergy",
    "JointEntropy",
    "MCC",
    "MaximumProbability",
    "SumAverage",
    "SumEntropy",
    "SumSquares",
)
MCC = NAMES.index("MCC")
TINY = 2.0**-52

Matrix = NDArray[np.float64]


def glcm_features(counts: Counts) -> Matrix:
    """Compute the features of co-occurrence matrices, averaged over directions.

    Parameters
    ----------
    counts : (directions, highest + 1, highest + 1) int64 array
        Pairs of levels, first and second pixel, from `sonomics.texture.counts.count_adjacent`.

    Returns
    -------
    (24,) float array
        In the order of `NAMES`; all NaN when no direction has a pair.
    """
    # By PyRadiomics' convention, MCC is 1 when the whole region has one level.
    has_one_level = counts[:, 1:].any(axis=(0, 2)).sum() == 1
    values = [_compute_direction(joint, 1.0 if has_one_level else 0.0) for joint in symmetrise(counts)]
    return np.mean(values, axis=0) if values else np.full(len(NAMES), np.nan)


@njit(cache=True)
def symmetrise(counts: Counts) -> Matrix:
    """Turn counts of ordered pairs into symmetric probabilities.

    Parameters
    ----------
    counts : (directions, highest + 1, highest + 1) int64 array
        As in `glcm_features`.

    Returns
    -------
    (up to directions, highest, highest) float array
        Probability of each pair of levels; a direction without a pair is left out.
    """
    size = counts.shape[1] - 1
    joints, kept = np.zeros((len(counts), size, size)), 0
    for pairs in counts:
        total = 0
        for i in range(1, size + 1):
            for j in range(1, size + 1):
                total += pairs[i, j]
        if total == 0:
            continue
        for i in range(size):
            for j in range(size):
                joints[kept, i, j] = (pairs[i + 1, j + 1] + pairs[j + 1, i + 1]) / (2 * total)
        kept += 1
    return joints[:kept]


def _compute_direction(joint: Matrix, flat_mcc: float) -> Matrix:
    values = direction_features(joint)
    values[MCC] = maximal_correlation(joint, flat_mcc)
    return values


@njit(cache=True)
def direction_features(joint: Matrix) -> Matrix:
    """Compute the features of one direction, except the maximal correlation coefficient, which is left at 0.

    Parameters
    ----------
    joint : (highest, highest) float array
        Symmetric probabilities.

    Returns
    -------
    (24,) float array
        In the order of `NAMES`.
    """
    highest = len(joint)
    marginal = np.zeros(highest)
    sums, differences = np.zeros(2 * highest + 1), np.zeros(highest)
    mean = 0.0
    for i in range(highest):
        for j in range(highest):
            marginal[i] += joint[i, j]
        mean += (i + 1) * marginal[i]
    values = np.zeros(24)
    covariance, entropy, crossed, independent = 0.0, 0.0, 0.0, 0.0
    for i in range(highest):
        for j in range(i + 1):
            p = joint[i, j]
            once = 1.0 if i == j else 2.0
            product = marginal[i] * marginal[j]
            if product:
                log = np.log2(product + TINY)
                crossed -= once * p * log
                independent -= once * product * log
            if p:
                sums[i + j + 2] += once * p
                differences[i - j] += once * p
                entropy -= once * p * np.log2(p + TINY)
                covariance += once * p * (i + 1 - mean) * (j + 1 - mean)
                values[0] += once * p * (i + 1) * (j + 1)
                values[17] += once * p * p
                values[20] = max(values[20], p)
    for k in range(2, 2 * highest + 1):
        apart = k - 2 * mean
        values[1] += sums[k] * apart**4
        values[2] += sums[k] * apart**3
        values[3] += sums[k] * apart**2
        values[21] += k * sums[k]
        if sums[k]:
            values[22] -= sums[k] * np.log2(sums[k] + TINY)
    for k in range(highest):
        values[4] += k**2 * differences[k]
        values[6] += k * differences[k]
        if differences[k]:
            values[7] -= differences[k] * np.log2(differences[k] + TINY)
        values[9] += differences[k] / (1 + k)
        values[10] += differences[k] / (1 + k**2)
        values[11] += differences[k] / (1 + k**2 / highest**2)
        values[12] += differences[k] / (1 + k / highest)
        if k:
            values[15] += differences[k] / k**2
    for k in range(highest):
        values[8] += differences[k] * (k - values[6]) ** 2
    variance, spread = 0.0, 0.0
    for i in range(highest):
        variance += marginal[i] * (i + 1 - mean) ** 2
        if marginal[i]:
            spread -= marginal[i] * np.log2(marginal[i] + TINY)
    values[5] = covariance / (variance + TINY) if variance else 1.0
    values[13] = (entropy - crossed) / spread if spread else 0.0
    values[14] = np.sqrt(1 - np.exp(-2 * (independent - entropy))) if independent != entropy else 0.0
    values[16], values[18], values[23] = mean, entropy, variance
    return values
