"""Readers' QC labels, brought onto the images they hold for."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.images import stem_of
from sonomics.core.schemas import TRAIN

YES, NO, UNDETERMINABLE, BLANK = "yes", "no", "undeterminable", ""
VALUES = {YES: 1.0, NO: 0.0, UNDETERMINABLE: np.nan, BLANK: np.nan}


def training_targets(
    labels: pd.DataFrame, images: pd.DataFrame, roster: pd.DataFrame, heads: Sequence[str], where: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Give each labelled image of a training case its targets.

    Parameters
    ----------
    labels : DataFrame
        Table QC_LABELS; `image` is an image or the stem of an instance, whose label holds for all its frames.
    images : DataFrame
        Table IMAGES.
    roster : DataFrame
        `case` and `split`.
    heads : sequence of str
    where : str
        The labels' file, for messages.

    Returns
    -------
    targets : DataFrame
        Indexed by image, one float column a head: 1 yes, 0 no, NaN undeterminable, unlabelled or readers undecided.
    counts : dict
        Labels (rows) used, `not_training` (never used), `without_image`.

    Raises
    ------
    StudyError
        On a head without column, or a value that is none of yes, no, undeterminable or empty.
    """
    answers = _numbers(labels, heads, where)
    usable = images[images["keep"]]
    stems = set(answers.index)
    stem = usable["image"].map(lambda image: stem_of(image, stems))
    matched = pd.DataFrame({"case": usable["case"], "image": usable["image"], "stem": stem}).dropna(subset=["stem"])
    training = matched["case"].isin(roster.loc[roster["split"] == TRAIN, "case"])
    used = matched[training].sort_values("image")
    targets = answers.loc[used["stem"]].set_axis(used["image"].to_numpy(), axis=0)
    held = labels["image"].value_counts()
    counts = {
        "used": int(held[used["stem"].unique()].sum()),
        "not_training": int(held[matched.loc[~training, "stem"].unique()].sum()),
        "without_image": int(held.drop(matched["stem"].unique()).sum()),
    }
    return targets, counts


def _numbers(labels: pd.DataFrame, heads: Sequence[str], where: str) -> pd.DataFrame:
    """Return the readers' majority per labelled image or stem; a tie is unknown."""
    for head in heads:
        if head not in labels:
            raise StudyError(
                where, f"no column {head}", f"label {head}, or remove clean.qc.heads.{head} from params.yaml"
            )
        unknown = sorted(set(labels[head]) - set(VALUES))
        if unknown:
            rule = f"unknown answer {unknown[0]!r} in column {head}"
            raise StudyError(where, rule, f"write {YES}, {NO}, {UNDETERMINABLE} or nothing")
    numbers = labels[list(heads)].apply(lambda column: column.map(VALUES))
    mean = numbers.groupby(labels["image"]).mean()
    return mean.round().where(mean != 0.5)
