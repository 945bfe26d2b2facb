"""Recompute a few regions with PyRadiomics and stop when a value differs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.seeds import seed_for
from sonomics.extract.crops.job import Job

TOLERANCE = 1e-9
# Roots of differences, compared as squares: close to zero rounding grows without bound.
_ROOTS = ("MCC", "Imc2", "Elongation", "MinorAxisLength")
# What may cancel to zero is compared on the scale of its terms: a number, or a power of another feature of the class.
_SCALES: dict[str, float | tuple[str, float]] = {
    "Correlation": 1.0,
    "Imc1": 1.0,
    "Imc2": 1.0,
    "MCC": 1.0,
    "Skewness": 1.0,
    "Elongation": 1.0,
    "MinorAxisLength": ("MajorAxisLength", 2.0),
    "ClusterShade": ("ClusterTendency", 1.5),
    # Of a filtered image, whose pixels are sums that may cancel.
    **dict.fromkeys(("Mean", "Median", "10Percentile", "90Percentile", "Minimum", "Maximum"), ("RootMeanSquared", 1.0)),
}


def drawn(job: Job, regions: int) -> pd.DataFrame:
    """Draw the regions to recompute: by lot, the same whatever else the chunk holds in whatever order.

    Parameters
    ----------
    job : Job
        Whose crops are drawn from.
    regions : int
        How many, or all if there are fewer.
    """
    crops = job.crops
    keys = zip(crops["image"], crops["reader"], crops["session"], strict=True)
    lots = [seed_for(job.seed, "proof", job.name, *key) for key in keys]
    return crops.iloc[np.argsort(lots, kind="stable")[:regions]]


def differing(names: Sequence[str], ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> list[str]:
    """Name the features on which two computations differ by more than 1e-9 of their size.

    Parameters
    ----------
    names : sequence of str
        `<filter>_<class>_<feature>`.
    ours, theirs : (names,) float array
        The two; NaN equals NaN.
    """
    known = dict(zip(names, theirs, strict=True))
    return [
        name
        for name, one, other in zip(names, ours, theirs, strict=True)
        if not _equal(one, other, name.rpartition("_"), known)
    ]


def _equal(one: float, other: float, name: tuple[str, str, str], known: dict[str, float]) -> bool:
    if np.isnan(one) or np.isnan(other):
        return bool(np.isnan(one) and np.isnan(other))
    prefix, _, feature = name
    if feature in _ROOTS:
        one, other = one**2, other**2
    scale = _SCALES.get(feature, 0.0)
    if isinstance(scale, tuple):
        base, power = scale
        scale = known[f"{prefix}_{base}"] ** power
    return bool(abs(one - other) <= TOLERANCE * max(abs(other), scale))


def prove(job: Job, names: Sequence[str], values: NDArray[np.float64], regions: int) -> None:
    """Recompute drawn regions with PyRadiomics.

    Parameters
    ----------
    job : Job
        The family and its crops.
    names : sequence of str
        The features.
    values : (crops, names) float array
        As our own engine computed them.
    regions : int
        How many regions to recompute.

    Raises
    ------
    StudyError
        When a value differs.
    """
    if regions == 0 or job.crops.empty:
        return
    from sonomics.extract.pyradiomics import reference

    chosen = drawn(job, regions)
    for row, theirs in zip(chosen.index, job.values(chosen, names, reference(job.family)), strict=True):
        if wrong := differing(names, values[row], theirs):
            ours = dict(zip(names, values[row], strict=True))[wrong[0]]
            other = dict(zip(names, theirs, strict=True))[wrong[0]]
            rule = (
                f"{wrong[0]} is {ours!r}, but {other!r} by PyRadiomics ({len(wrong)} of {len(names)} features differ)"
            )
            mend = f"report it with the image, and set `kind: pyradiomics` in extract.families.{job.name} until then"
            raise StudyError(str(chosen.loc[row, "file"]), rule, mend)
