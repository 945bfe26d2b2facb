"""Compare two computations of the same features, each on the scale of its terms."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 1e-9  # largest difference, relative to the scale of a feature
# Roots of differences are compared as squares: near zero the root magnifies rounding without bound.
_ROOTS = ("MCC", "Imc2", "Elongation", "MinorAxisLength")
# A value that may cancel to zero is compared on the scale of its terms: a number, or a power of another feature of
# its class.
_SCALES: dict[str, float | tuple[str, float]] = {
    "Correlation": 1.0,
    "Imc1": 1.0,
    "Imc2": 1.0,
    "MCC": 1.0,
    "Skewness": 1.0,
    "Elongation": 1.0,
    "MinorAxisLength": ("MajorAxisLength", 2.0),
    "ClusterShade": ("ClusterTendency", 1.5),
    # In a filtered image pixels are sums that may cancel.
    **dict.fromkeys(("Mean", "Median", "10Percentile", "90Percentile", "Minimum", "Maximum"), ("RootMeanSquared", 1.0)),
}


def find_differences(names: Sequence[str], values: NDArray[np.float64], reference: NDArray[np.float64]) -> list[str]:
    """Find the features that differ by more than 1e-9 of their size.

    Parameters
    ----------
    names : sequence of str
        `<filter>_<class>_<feature>`.
    values, reference : (names,) float array
        The two computations; NaN equals NaN.

    Returns
    -------
    list of str
        Names of the features that differ.
    """
    by_name = dict(zip(names, reference, strict=True))
    return [
        name
        for name, value, expected in zip(names, values, reference, strict=True)
        if not _agree(name, value, expected, by_name)
    ]


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
