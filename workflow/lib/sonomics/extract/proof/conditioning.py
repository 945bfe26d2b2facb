"""How far rounding alone can move a feature: the bound within which two right computations may differ.

A feature is ill-conditioned where its terms cancel, or where it is an eigenvalue that lies near another one. Every
bound here is the size of the terms times the rounding of two computations, or follows from a theorem that is named
beside it.
"""

import math
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

# Largest rounding error of a computed term, relative to its size, in two computations together: some thousand units of
# 2^-53, as sums over a region and the taps of a filter make it (Higham 2002, Accuracy and Stability, section 4.2).
ROUNDING = 1e-12
# What PyRadiomics adds to a denominator, so that none is 0; the definitions have no such addend.
GUARD = 2.0**-52

Matrix = NDArray[np.float64]
Values = Mapping[str, float]

# The size of the terms of a feature that may cancel, from other features of its class (d: difference from the mean):
# a shift of every pixel by its rounding moves a moment by the next lower one (Chan, Golub & LeVeque 1983), and E|d|^3
# is at most sqrt(E d^2 E d^4) by Cauchy and Schwarz.
_TERMS: dict[str, Callable[[Values], float]] = {
    "Range": lambda of: _largest(of),
    "InterquartileRange": lambda of: _largest(of),
    "MeanAbsoluteDeviation": lambda of: _largest(of),
    "Variance": lambda of: of["RootMeanSquared"] ** 2,
    "Skewness": lambda of: of["Kurtosis"] ** 0.75 + 3 * _spread(of),
    "Kurtosis": lambda of: of["Kurtosis"] + 4 * of["Kurtosis"] ** 0.75 * _spread(of),
    "ClusterShade": lambda of: np.sqrt(of["ClusterTendency"] * of["ClusterProminence"]),
}


def bound_by_terms(feature: str, values: Values) -> float:
    """Bound how far rounding moves a feature whose terms may cancel.

    Parameters
    ----------
    feature : str
        Its name without filter and class.
    values : mapping of str to float
        The features of the same filter and class, by such a name.

    Returns
    -------
    float
        0 for a feature that does not cancel, or whose terms were not computed.
    """
    if feature not in _TERMS:
        return 0.0
    try:
        bound = ROUNDING * _TERMS[feature](values)
    except (KeyError, ZeroDivisionError):
        return 0.0
    return float(bound) if np.isfinite(bound) else 0.0


def bound_maximal_correlation(joints: Matrix) -> float:
    """Bound how far rounding and the guard move the maximal correlation coefficient, the mean over directions.

    Its matrix is Q = D^-1 P D^-1 P, with P symmetric and D its marginals; D^1/2 Q D^-1/2 is the square of a symmetric
    matrix, so that the eigenvalues of Q are real, and an error E of Q moves each of them by at most
    f = ||D^1/2 E D^-1/2|| (Bauer & Fike 1960). E is what the guard in the denominators changes, and rounding. Of an
    eigenvalue with a gap to its neighbours, a two-sided Rayleigh quotient is wrong by no more than 4 f^2 / gap (Stewart
    & Sun 1990, Matrix Perturbation Theory, V.2); where the gap is smaller than the error, f is all that is known.

    Parameters
    ----------
    joints : (directions, levels, levels) float array
        Symmetric probabilities of pairs of levels, each direction with a sum of 1.

    Returns
    -------
    float
        Infinite where a second eigenvalue may be 0 or below: its root is then undefined by chance, and PyRadiomics
        leaves the direction out.
    """
    bounds = [_bound_direction(joint) for joint in joints]
    return float(np.mean(bounds)) if bounds else 0.0


def _bound_direction(joint: Matrix) -> float:
    occurs = joint.any(axis=1)
    joint = joint[occurs][:, occurs]
    if len(joint) < 2:
        return 0.0
    marginal = joint.sum(axis=1)
    product = np.outer(marginal, marginal)
    root = np.sqrt(marginal)
    eigenvalues = np.linalg.eigvalsh(joint / np.outer(root, root)) ** 2
    *others, second, _ = np.sort(eigenvalues)
    gap = min([abs(second - other) for other in others[-1:]] + [abs(1.0 - second)])
    guarded = (joint / (product + GUARD) - joint / product) @ joint
    moved = float(np.linalg.norm(root[:, np.newaxis] * guarded / root, 2))
    by_guard = 2 * moved if gap <= 2 * moved else min(2 * moved, 4 * moved**2 / gap)
    quotient = (joint / product) @ joint
    by_rounding = len(joint) * GUARD * float(np.linalg.norm(quotient) * root.max() / root.min())
    error = by_guard + by_rounding
    if second <= error:
        return float("inf")
    return float(np.sqrt(second + error) - np.sqrt(second - error))


def _largest(values: Values) -> float:
    return max(abs(values["Minimum"]), abs(values["Maximum"]))


def _spread(values: Values) -> float:
    """Return the size of the pixels over their standard deviation."""
    return float(values["RootMeanSquared"]) / math.sqrt(values["Variance"])
