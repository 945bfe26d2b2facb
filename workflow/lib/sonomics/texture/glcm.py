"""Features of grey level co-occurrence (Haralick, Shanmugam & Dinstein 1973; Soh & Tsatsoulis 1999; Clausi 2002).

Names and conventions are PyRadiomics': symmetric matrices, one for each direction, features averaged over directions.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sonomics.texture.passes import Counts

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
# The second eigenvalue of a 32 x 32 matrix is separated from the third after this many squarings.
SQUARINGS = 24

Matrix = NDArray[np.float64]


def glcm_features(counts: Counts) -> Matrix:
    """Compute the features of co-occurrence matrices, averaged over directions.

    Parameters
    ----------
    counts : (directions, highest + 1, highest + 1) int64 array
        Pairs one way, as `sonomics.texture.passes.cooccurrences` gives them.

    Returns
    -------
    (24,) float array
        In the order of `NAMES`; all NaN when no direction has a pair.
    """
    one_level = counts[:, 1:].any(axis=(0, 2)).sum() == 1
    values = np.array([_with_mcc(matrix, 1.0 if one_level else 0.0) for matrix in symmetric(counts)])
    return values.mean(axis=0) if len(values) else np.full(len(NAMES), np.nan)


def symmetric(counts: Counts) -> list[Matrix]:
    """Turn counts one way into symmetric probabilities; a direction without a pair is left out."""
    inside = counts[:, 1:, 1:]
    both = (inside + inside.transpose(0, 2, 1)).astype(np.float64)
    return [matrix / matrix.sum() for matrix in both if matrix.any()]


def _with_mcc(joint: Matrix, flat: float) -> Matrix:
    values = of_direction(joint)
    values[MCC] = maximal_correlation(joint, flat)
    return values


@njit(cache=True)
def of_direction(joint: Matrix) -> Matrix:
    """Compute the features of one direction but the maximal correlation coefficient, whose place stays 0.

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
    marginal = joint.sum(axis=1)
    sums, differences = np.zeros(2 * highest + 1), np.zeros(highest)
    mean = 0.0
    for i in range(highest):
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


def maximal_correlation(joint: Matrix, flat: float) -> float:
    """Compute the maximal correlation coefficient: the root of the second largest eigenvalue of Q.

    Parameters
    ----------
    joint : (levels, levels) float array
        Symmetric probabilities.
    flat : float
        Returned when the pairs know only one level: by PyRadiomics' convention 1 when the whole region does, else 0.

    Notes
    -----
    Q[i, j] = sum_k P[i, k] P[j, k] / (p[i] p[k] + 2^-52), as PyRadiomics adds it. Without the addend Q is similar to
    the square of the symmetric D^-1/2 P D^-1/2, whose dominant eigenvector is known: with it taken out, repeated
    squaring leaves the second. A two-sided Rayleigh quotient then gives the eigenvalue of Q itself, to second order.
    Where that is not exact enough (nearly disconnected levels) all eigenvalues are computed.
    """
    inside = joint.sum(axis=1) > 0
    joint = np.ascontiguousarray(joint[inside][:, inside])
    if len(joint) < 2:
        return flat
    eigenvalue, residual = _second_eigenvalue(joint)
    if residual > 1e-13 * eigenvalue or eigenvalue > 0.999:
        marginal = joint.sum(axis=1)
        every = np.linalg.eigvals((joint / (np.outer(marginal, marginal) + TINY)) @ joint.T)
        eigenvalue = float(np.sort(every.real)[-2])
    return float(np.sqrt(eigenvalue)) if eigenvalue >= 0 else np.nan


@njit(cache=True)
def _second_eigenvalue(joint: Matrix) -> tuple[float, float]:
    marginal = joint.sum(axis=1)
    root = np.sqrt(marginal)
    scaled = joint / np.outer(root, root) - np.outer(root, root)
    power = scaled @ scaled
    for _ in range(SQUARINGS):
        trace = np.trace(power)
        if trace <= 0:
            break
        power /= trace
        squared = power @ power
        settled = np.abs(np.trace(squared) - 1) < 1e-15
        power = squared
        if settled:
            break
    diagonal = np.diag(power)
    vector = power[:, np.argmax(diagonal)].copy()
    length = np.sqrt((vector**2).sum())
    if not length > 0:
        return 0.0, 1.0
    vector /= length
    right, left = vector / root, vector * root
    weights = joint / (np.outer(marginal, marginal) + TINY)
    image = weights @ (joint.T @ right)
    eigenvalue = left @ image / (left @ right)
    mirrored = joint @ (weights.T @ left)
    right_residual = np.sqrt(((image - eigenvalue * right) ** 2 * marginal).sum())
    left_residual = np.sqrt(((mirrored - eigenvalue * left) ** 2 / marginal).sum())
    return eigenvalue, right_residual * left_residual
