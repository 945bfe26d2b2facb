"""Compare two computations of the same features, each on the scale of its terms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sonomics.extract.proof.conditioning import bound_by_terms

TOLERANCE = 1e-9  # largest difference, relative to the scale of a feature
MCC = "MCC"
# Roots of differences are compared as squares: near zero the root magnifies rounding without bound.
_ROOTS = (MCC, "Imc2", "Elongation", "MinorAxisLength")
# A value that may cancel to zero is compared on the scale of its terms: a number, or a power of another feature of
# its class. An eigenvalue of a symmetric matrix is exact on the scale of the largest one (Weyl 1912).
_SCALES: dict[str, float | tuple[str, float]] = {
    "Correlation": 1.0,
    "Imc1": 1.0,
    "Imc2": 1.0,
    MCC: 1.0,
    "Skewness": 1.0,
    "Elongation": 1.0,
    "MinorAxisLength": ("MajorAxisLength", 2.0),
    "ClusterShade": ("ClusterTendency", 1.5),
    # In a filtered image pixels are sums that may cancel.
    **dict.fromkeys(("Mean", "Median", "10Percentile", "90Percentile", "Minimum", "Maximum"), ("RootMeanSquared", 1.0)),
}


@dataclass(frozen=True)
class Difference:
    """A feature of a region that two computations give differently.

    Attributes
    ----------
    name : str
        `<filter>_<class>_<feature>`.
    value, reference : float
        The two computations.
    bound : float
        The largest difference that rounding alone can make of this value.
    """

    name: str
    value: float
    reference: float
    bound: float

    @property
    def is_doubtful(self) -> bool:
        """Tell whether rounding alone may have made the difference: the value is not known better than that."""
        if np.isnan(self.value) or np.isnan(self.reference):
            return self.bound == float("inf")
        return abs(self.value - self.reference) <= self.bound


def find_differences(
    names: Sequence[str],
    values: NDArray[np.float64],
    reference: NDArray[np.float64],
    bound_mcc: Callable[[str], float] = lambda image: 0.0,
) -> list[Difference]:
    """Find the features that differ by more than 1e-9 of their size.

    Parameters
    ----------
    names : sequence of str
        `<filter>_<class>_<feature>`.
    values, reference : (names,) float array
        The two computations; NaN equals NaN.
    bound_mcc : callable
        Bounds how far rounding moves the maximal correlation coefficient of a filtered image; asked where one differs.
    """
    by_name = dict(zip(names, map(float, reference), strict=True))
    found = []
    for name, value, expected in zip(names, map(float, values), map(float, reference), strict=True):
        if not _agree(name, value, expected, by_name):
            prefix, _, feature = name.rpartition("_")
            if feature == MCC:
                bound = bound_mcc(prefix.rpartition("_")[0])
            else:
                of_class = {other.rpartition("_")[2]: by_name[other] for other in names if _is_of(other, prefix)}
                bound = bound_by_terms(feature, of_class)
            found.append(Difference(name, value, expected, bound))
    return found


def _is_of(name: str, prefix: str) -> bool:
    return name.rpartition("_")[0] == prefix


def _agree(name: str, value: float, expected: float, reference: dict[str, float]) -> bool:
    if np.isnan(value) or np.isnan(expected):
        return bool(np.isnan(value) and np.isnan(expected))
    prefix, _, feature = name.rpartition("_")
    if feature in _ROOTS:
        value, expected = value**2, expected**2
    scale = _SCALES.get(feature, 0.0)
    if isinstance(scale, tuple):
        base, power = scale
        scale = reference[f"{prefix}_{base}"] ** power
    return bool(abs(value - expected) <= TOLERANCE * max(abs(expected), scale))
