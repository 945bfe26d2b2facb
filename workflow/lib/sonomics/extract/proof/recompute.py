"""Recompute a few regions with PyRadiomics and stop when a value differs."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.seeds import seed_for
from sonomics.extract.crops.job import Job
from sonomics.extract.proof.compare import find_differences
from sonomics.kinds.radiomics import Radiomics


def prove(job: Job[Radiomics], names: Sequence[str], values: NDArray[np.float64], regions: int) -> None:
    """Recompute regions chosen at random with PyRadiomics.

    Parameters
    ----------
    job : Job
        The family and its crops.
    names : sequence of str
        Names of the features.
    values : (crops, names) float array
        The features as our own engine computed them.
    regions : int
        Number of regions to recompute.

    Raises
    ------
    StudyError
        When a value differs.
    """
    if regions == 0 or job.crops.empty:
        return
    from sonomics.extract.proof.reference import make_reference

    chosen = choose_regions(job, regions)
    recomputed = job.compute(chosen, names, make_reference(job.family), job.family.resample_mm)
    for row, theirs in zip(chosen.index, recomputed, strict=True):
        ours = values[row]
        if different := find_differences(names, ours, theirs):
            first = list(names).index(different[0])
            rule = (
                f"{different[0]} is {ours[first]!r}, but {theirs[first]!r} by PyRadiomics "
                f"({len(different)} of {len(names)} features differ)"
            )
            fix = f"report it with the image, and set `kind: pyradiomics` in extract.families.{job.name} until then"
            raise StudyError(str(chosen.loc[row, "file"]), rule, fix)


def choose_regions(job: Job[Radiomics], regions: int) -> pd.DataFrame:
    """Choose regions to recompute at random; a region's draw does not depend on the other regions of the chunk.

    Parameters
    ----------
    job : Job
        Its crops are chosen from.
    regions : int
        Number of regions; all crops if there are fewer.

    Returns
    -------
    DataFrame
        Rows of `job.crops` with their index.
    """
    crops = job.crops
    keys = zip(crops["image"], crops["reader"], crops["session"], strict=True)
    draws = [seed_for(job.seed, "proof", job.name, *key) for key in keys]
    return crops.iloc[np.argsort(draws, kind="stable")[:regions]]
