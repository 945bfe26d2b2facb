"""Recompute a few regions with PyRadiomics, stop when a value differs, and note a value that rounding leaves open."""

from collections.abc import Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.seeds import seed_for
from sonomics.extract.crops.job import DoubtfulValue, Job
from sonomics.extract.proof.compare import find_differences
from sonomics.extract.proof.conditioning import bound_maximal_correlation
from sonomics.kinds.radiomics import Radiomics
from sonomics.texture.region import name_features


def prove(job: Job[Radiomics], names: Sequence[str], values: NDArray[np.float64], regions: int) -> list[DoubtfulValue]:
    """Recompute regions chosen at random with PyRadiomics; the classes that it lacks are not proved.

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

    Returns
    -------
    list of DoubtfulValue
        The values that differ by no more than rounding can make of them.

    Raises
    ------
    StudyError
        When a value differs by more.
    """
    if regions == 0 or job.crops.empty:
        return []
    from sonomics.extract.proof.reference import CLASSES, make_reference

    proved = job.family.model_copy(update={"classes": [name for name in job.family.classes if name in CLASSES]})
    if not proved.classes:
        return []
    known = name_features(proved.classes, proved.filters)
    places = [list(names).index(name) for name in known]
    chosen, doubtful = choose_regions(job, regions), list[DoubtfulValue]()
    recomputed = job.compute(chosen, known, make_reference(proved), proved.resample_mm)
    for row, theirs in zip(chosen.index, recomputed, strict=True):
        found = find_differences(known, values[row, places], theirs, partial(_bound_mcc, job, chosen.loc[[row]]))
        if different := [difference for difference in found if not difference.is_doubtful]:
            first = different[0]
            rule = (
                f"{first.name} is {first.value:.17g}, but {first.reference:.17g} by PyRadiomics, and rounding makes no "
                f"more than {first.bound:.1g} of it ({len(different)} of {len(known)} features differ)"
            )
            fix = f"report it with the image, and set `kind: pyradiomics` in extract.families.{job.name} until then"
            raise StudyError(str(chosen.loc[row, "file"]), rule, fix)
        image = str(chosen.loc[row, "image"])
        doubtful += [DoubtfulValue(image, each.name, each.value, each.reference, each.bound) for each in found]
    return doubtful


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


def _bound_mcc(job: Job[Radiomics], crop: pd.DataFrame, image: str) -> float:
    from sonomics.extract.proof.reference import read_joints

    def bound(pixels: NDArray[np.float64], mask: NDArray[np.bool_], edge: float) -> NDArray[np.float64]:
        joints = read_joints(pixels, mask, image, job.family.filters, {"binCount": job.family.bins}, edge)
        return np.array([bound_maximal_correlation(joints)])

    return float(job.compute(crop, ["bound"], bound, job.family.resample_mm)[0, 0])
