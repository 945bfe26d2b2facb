"""Images seen before: exact copies and near-duplicates, over the whole cohort."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from sonomics.clean.hashes import near_pairs
from sonomics.core.schemas import TRAIN

DUPLICATE, OF_TEST = "duplicate", "duplicate_of_test"


@dataclass(frozen=True)
class Duplicates:
    """What was found.

    Attributes
    ----------
    excluded : DataFrame
        Indexed by the image to drop: `reason` (`duplicate`: the case has the same view already; `duplicate_of_test`:
        the training copy of an image of another split), `twin` (the image that stays) and `distance` (bits).
    groups : Series of str, indexed by patient
        The smallest patient among those of the same split tied by near-duplicates; the patient itself when alone.
    pairs : dict of str to int
        Pairs `exact` and `near`, and of those `within_case`, `across_patients`, `across_splits`, and
        `across_other_splits` (neither is training: both stay).
    """

    excluded: pd.DataFrame
    groups: pd.Series
    pairs: dict[str, int]


def find_duplicates(images: pd.DataFrame, max_distance: int) -> Duplicates:
    """Compare all images with each other.

    Parameters
    ----------
    images : DataFrame
        The images kept so far: `image, patient, case, split, view, sha256, dhash`, sorted by image.
    max_distance : int
        Largest number of differing bits of near-duplicates, of 256.
    """
    pairs = _pairs(images, max_distance)
    same_patient = pairs["patient"] == pairs["other_patient"]
    same_split = pairs["split"] == pairs["other_split"]
    repeats = pairs[(pairs["case"] == pairs["other_case"]) & (pairs["view"] == pairs["other_view"])]
    leaks = pairs[~same_split & ((pairs["split"] == TRAIN) | (pairs["other_split"] == TRAIN))]
    excluded = pd.concat([_training_copies(leaks), _later_copies(repeats)])
    counts = {
        "exact": int(pairs["exact"].sum()),
        "near": int((~pairs["exact"]).sum()),
        "within_case": len(repeats),
        "across_patients": int((~same_patient & same_split).sum()),
        "across_splits": int((~same_split).sum()),
        "across_other_splits": int((~same_split).sum()) - len(leaks),
    }
    groups = _groups(images["patient"], pairs[~same_patient & same_split])
    return Duplicates(excluded[~excluded.index.duplicated()].sort_index(), groups, counts)


def _pairs(images: pd.DataFrame, max_distance: int) -> pd.DataFrame:
    found = near_pairs(images["dhash"].tolist(), max_distance)
    described = images[["image", "patient", "case", "split", "view", "sha256"]]
    one = described.iloc[found[:, 0]].reset_index(drop=True)
    other = described.iloc[found[:, 1]].reset_index(drop=True).add_prefix("other_")
    joined = pd.concat([one, other], axis=1).assign(distance=found[:, 2])
    return joined.assign(exact=joined["sha256"] == joined["other_sha256"])


def _training_copies(leaks: pd.DataFrame) -> pd.DataFrame:
    training_first = leaks["split"] == TRAIN
    mine = leaks["image"].where(training_first, leaks["other_image"])
    twin = leaks["other_image"].where(training_first, leaks["image"])
    return _excluded(mine, twin, leaks["distance"], OF_TEST)


def _later_copies(repeats: pd.DataFrame) -> pd.DataFrame:
    """Keep the first of a case's copies; what resembles only a dropped copy stays."""
    dropped: dict[str, int] = {}
    for number, (earlier, later) in enumerate(zip(repeats["image"], repeats["other_image"], strict=True)):
        if earlier not in dropped:
            dropped.setdefault(later, number)
    chosen = repeats.iloc[list(dropped.values())]
    return _excluded(chosen["other_image"], chosen["image"], chosen["distance"], DUPLICATE)


def _excluded(images: pd.Series, twins: pd.Series, distances: pd.Series, reason: str) -> pd.DataFrame:
    frame = pd.DataFrame({"twin": twins.to_numpy(), "distance": distances.to_numpy(np.int64)}, index=images.to_numpy())
    return frame.assign(reason=reason).sort_values("distance", kind="stable")


def _groups(patients: pd.Series, ties: pd.DataFrame) -> pd.Series:
    names = np.array(sorted(patients.unique()), dtype=object)
    place = {name: number for number, name in enumerate(names)}
    one, other = (ties[column].map(place).to_numpy(dtype=int) for column in ("patient", "other_patient"))
    graph = coo_matrix((np.ones(len(ties)), (one, other)), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    smallest = pd.Series(names).groupby(component).transform("min")
    return pd.Series(smallest.to_numpy(), index=names, name="duplicate_group")
