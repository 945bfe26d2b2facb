"""Find exact copies and near-duplicates over the whole cohort."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.clean.screening.hashes import find_near_pairs
from sonomics.clean.screening.similarity import compare_detail, make_thumbnail
from sonomics.core.folds import connect_patients
from sonomics.core.images import read_grey
from sonomics.core.jobs import progress
from sonomics.core.schemas import TRAIN
from sonomics.core.settings.clean import Duplicates as DuplicateSettings

DUPLICATE, OF_TEST = "duplicate", "duplicate_of_test"
EXCLUDE, GROUP = "exclude", "group"


@dataclass(frozen=True)
class Duplicates:
    """Duplicates and what follows from them.

    Attributes
    ----------
    excluded : DataFrame
        Indexed by the image to exclude: `reason` (`duplicate`: an earlier copy stays; `duplicate_of_test`:
        the training copy of an image of another split), `twin` (the image that stays) and `distance` (bits).
    groups : Series of str, indexed by patient
        The first (by name) of the patients of one split linked by near-duplicates; the patient itself when alone.
    pairs : dict of str to int
        `candidates` by their hashes; of those the pairs `exact` and `near`, and of these `mirrored`, `within_case`,
        `across_patients`, `across_splits`, and `across_other_splits` (neither is training: both stay).
    """

    excluded: pd.DataFrame
    groups: pd.Series
    pairs: dict[str, int]


def find_duplicates(
    images: pd.DataFrame,
    settings: DuplicateSettings,
    read: Callable[[Path], NDArray[np.uint8]] = read_grey,
) -> Duplicates:
    """Compare all images with each other by their hashes, and pairs with near hashes by their detail.

    Parameters
    ----------
    images : DataFrame
        The images kept so far: `image, patient, case, split, view, sha256, dhash`, sorted by image; `file` too when
        detail is compared.
    settings : Duplicates
        `clean.duplicates`. Hashes are near when `max_distance` bits of 256, or the share `max_share` of the bits set,
        see `find_near_pairs`, differ at most. A duplicate has at least the similarity of detail `min_similarity`, see
        `compare_detail`; without it the hash decides.
    read : callable
        Reads an image file as grey; only files of pairs with near hashes are read.
    """
    pairs = _find_pairs(images, settings.max_distance, settings.max_share)
    candidates = len(pairs)
    if settings.min_similarity is not None:
        pairs = pairs[pairs["exact"] | _compare_closely(pairs, settings.min_similarity, read)]
    same_patient = pairs["patient"] == pairs["other_patient"]
    same_split = pairs["split"] == pairs["other_split"]
    within = (pairs["case"] == pairs["other_case"]) & (pairs["view"] == pairs["other_view"])
    across = ~same_patient & same_split
    leaks = pairs[~same_split & ((pairs["split"] == TRAIN) | (pairs["other_split"] == TRAIN))]
    copies = _list_training_copies(leaks)
    already_excluded = pairs["image"].isin(copies.index) | pairs["other_image"].isin(copies.index)
    thinned = (within & (settings.within_case == EXCLUDE)) | (across & (settings.across_patients == EXCLUDE))
    excluded = pd.concat([copies, _list_later_copies(pairs[thinned & ~already_excluded])])
    counts = {
        "candidates": candidates,
        "exact": int(pairs["exact"].sum()),
        "near": int((~pairs["exact"]).sum()),
        "mirrored": int(pairs["mirrored"].sum()),
        "within_case": int(within.sum()),
        "across_patients": int(across.sum()),
        "across_splits": int((~same_split).sum()),
        "across_other_splits": int((~same_split).sum()) - len(leaks),
    }
    tied = pairs.loc[across, ["patient", "other_patient"]].itertuples(index=False, name=None)
    groups = connect_patients(images["patient"], tied).rename("duplicate_group")
    return Duplicates(excluded[~excluded.index.duplicated()].sort_index(), groups, counts)


def _find_pairs(images: pd.DataFrame, max_distance: int, max_share: float) -> pd.DataFrame:
    near = find_near_pairs(images["dhash"].tolist(), max_distance, max_share)
    described = images.drop(columns="dhash")
    one = described.iloc[near[:, 0]].reset_index(drop=True)
    other = described.iloc[near[:, 1]].reset_index(drop=True).add_prefix("other_")
    joined = pd.concat([one, other], axis=1).assign(distance=near[:, 2], mirrored=near[:, 3] == 1)
    return joined.assign(exact=joined["sha256"] == joined["other_sha256"])


def _compare_closely(
    pairs: pd.DataFrame, min_similarity: float, read: Callable[[Path], NDArray[np.uint8]]
) -> "pd.Series[bool]":
    """Compare the detail of every pair; an image without detail equals no other."""
    files = sorted(set(pairs["file"]) | set(pairs["other_file"]))
    small = {file: make_thumbnail(read(Path(file))) for file in progress(files, "closer look")}
    alike = [
        compare_detail(np.fliplr(small[one]) if mirrored else small[one], small[other]) >= min_similarity
        for one, other, mirrored in zip(pairs["file"], pairs["other_file"], pairs["mirrored"], strict=True)
    ]
    return pd.Series(alike, index=pairs.index, dtype=bool)


def _list_training_copies(leaks: pd.DataFrame) -> pd.DataFrame:
    training_first = leaks["split"] == TRAIN
    copy = leaks["image"].where(training_first, leaks["other_image"])
    twin = leaks["other_image"].where(training_first, leaks["image"])
    return _make_exclusions(copy, twin, leaks["distance"], OF_TEST)


def _list_later_copies(repeats: pd.DataFrame) -> pd.DataFrame:
    """Keep the first of several copies; an image that resembles only an excluded copy stays."""
    dropped: dict[str, int] = {}
    for number, (earlier, later) in enumerate(zip(repeats["image"], repeats["other_image"], strict=True)):
        if earlier not in dropped:
            dropped.setdefault(later, number)
    chosen = repeats.iloc[list(dropped.values())]
    return _make_exclusions(chosen["other_image"], chosen["image"], chosen["distance"], DUPLICATE)


def _make_exclusions(images: pd.Series, twins: pd.Series, distances: pd.Series, reason: str) -> pd.DataFrame:
    frame = pd.DataFrame({"twin": twins.to_numpy(), "distance": distances.to_numpy(np.int64)}, index=images.to_numpy())
    return frame.assign(reason=reason).sort_values("distance", kind="stable")
