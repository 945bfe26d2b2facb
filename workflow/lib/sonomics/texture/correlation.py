"""The maximal correlation coefficient of grey level co-occurrence."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

TINY = 2.0**-52
# The second eigenvalue of a 32 x 32 matrix is separated from the third after this many squarings.
SQUARINGS = 24
# Share of the other eigenvectors that may remain; one more squaring squares it, and the Rayleigh quotient again.
SEPARATED = 1e-5

Matrix = NDArray[np.float64]


def maximal_correlation(joint: Matrix, flat: float) -> float:
    """Compute the maximal correlation coefficient: the root of the second largest eigenvalue of Q.

    Parameters
    ----------
    joint : (levels, levels) float array
        Symmetric probabilities.
    flat : float
        Value returned when the pairs have only one level: by PyRadiomics' convention 1 when the whole region has one
        level, else 0.

    Notes
    -----
    Q[i, j] = sum_k P[i, k] P[j, k] / (p[i] p[k] + 2^-52), as in PyRadiomics. Without the addend Q is similar to the
    square of the symmetric D^-1/2 P D^-1/2, whose dominant eigenvector is known: after its removal, repeated squaring
    leaves the second. A two-sided Rayleigh quotient then gives the eigenvalue of Q itself, to second order. Where that
    is not exact enough (nearly disconnected levels), all eigenvalues are computed.
    """
    present, eigenvalue, residual = _second_eigenvalue(joint)
    if present < 2:
        return flat
    if residual > 1e-13 * eigenvalue or eigenvalue > 0.999:
        occurs = joint.any(axis=1)
        joint = joint[occurs][:, occurs]
        marginal = joint.sum(axis=1)
        eigenvalues = np.linalg.eigvals((joint / (np.outer(marginal, marginal) + TINY)) @ joint.T)
        eigenvalue = float(np.sort(eigenvalues.real)[-2])
    return float(np.sqrt(eigenvalue)) if eigenvalue >= 0 else np.nan


@njit(cache=True)
def _second_eigenvalue(joint: Matrix) -> tuple[int, float, float]:
    """Return the number of levels that occur, the eigenvalue, and the product of its two eigenvectors' residuals."""
    size = len(joint)
    marginal, root, present = np.zeros(size), np.zeros(size), 0
    for i in range(size):
        for j in range(size):
            marginal[i] += joint[i, j]
        root[i] = np.sqrt(marginal[i])
        present += marginal[i] > 0
    vector = _second_eigenvector(joint, root)
    right, image, mirrored = np.zeros(size), np.zeros(size), np.zeros(size)
    for i in range(size):
        if root[i]:
            right[i] = vector[i] / root[i]
    # Q right, and left Q where left is vector * root.
    seen, back = np.zeros(size), np.zeros(size)
    for i in range(size):
        for j in range(size):
            seen[i] += joint[i, j] * right[j]
            back[i] += joint[i, j] / (marginal[i] * marginal[j] + TINY) * vector[j] * root[j]
    product, length = 0.0, 0.0
    for i in range(size):
        for j in range(size):
            image[i] += joint[i, j] / (marginal[i] * marginal[j] + TINY) * seen[j]
            mirrored[i] += joint[i, j] * back[j]
        product += vector[i] * root[i] * image[i]
        length += vector[i] * root[i] * right[i]
    if not length > 0:
        return present, 0.0, 1.0
    eigenvalue, off_right, off_left = product / length, 0.0, 0.0
    for i in range(size):
        if root[i]:
            off_right += ((image[i] - eigenvalue * right[i]) * root[i]) ** 2
            off_left += ((mirrored[i] - eigenvalue * vector[i] * root[i]) / root[i]) ** 2
    return present, eigenvalue, np.sqrt(off_right * off_left)


@njit(cache=True)
def _second_eigenvector(joint: Matrix, root: Matrix) -> Matrix:
    """Find the eigenvector of D^-1/2 P D^-1/2 next to the root of the marginals, of length 1; all 0 without one."""
    size = len(joint)
    power = np.zeros((size, size))
    for i in range(size):
        for j in range(size):
            if root[i] and root[j]:
                power[i, j] = joint[i, j] / (root[i] * root[j]) - root[i] * root[j]
    separated = False
    for _ in range(SQUARINGS):
        power = power @ power
        trace = 0.0
        for i in range(size):
            trace += power[i, i]
        if separated or trace <= 0:
            break
        squares = 0.0
        for i in range(size):
            for j in range(size):
                power[i, j] /= trace
                squares += power[i, j] ** 2
        separated = abs(squares - 1) < 2 * SEPARATED
    largest = 0
    for i in range(size):
        if power[i, i] > power[largest, largest]:
            largest = i
    vector, length = power[:, largest].copy(), 0.0
    for i in range(size):
        length += vector[i] ** 2
    return vector / np.sqrt(length) if length > 0 else vector
