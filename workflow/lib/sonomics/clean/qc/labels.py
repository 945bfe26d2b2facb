"""Combine the readers' QC labels by vote, and assign them to images."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.images import stem_of
from sonomics.core.outcomes import refuse_rows
from sonomics.core.schemas import TRAIN

YES, NO, UNDETERMINABLE, BLANK = "yes", "no", "undeterminable", ""
ANSWERS = (YES, NO, UNDETERMINABLE)
VALUES = {YES: 1.0, NO: 0.0, UNDETERMINABLE: np.nan, BLANK: np.nan}


def collect_training_answers(
    labels: pd.DataFrame, images: pd.DataFrame, roster: pd.DataFrame, heads: Sequence[str], where: str
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Collect the answers to each labelled image of a training case.

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
    answers : DataFrame of str
        Indexed by image, one column per head: yes, no, undeterminable (also when the readers disagree), or "" without
        any answer. An image labelled `undeterminable` as such, if the study has that head, is not used by other heads.
    counts : dict
        Labels (rows) used, `not_training` (never used), `without_image`.

    Raises
    ------
    StudyError
        On a head without a column, or a value other than yes, no, undeterminable or empty.
    """
    check_answers(labels, heads, where)
    votes = vote(labels, heads)
    usable = images[images["keep"]]
    stems = set(votes.index)
    stem = usable["image"].map(lambda image: stem_of(image, stems))
    matched = pd.DataFrame({"case": usable["case"], "image": usable["image"], "stem": stem}).dropna(subset=["stem"])
    training = matched["case"].isin(roster.loc[roster["split"] == TRAIN, "case"])
    used = matched[training].sort_values("image")
    answers = votes.loc[used["stem"]].set_axis(used["image"].to_numpy(), axis=0)
    held = labels["image"].value_counts()
    counts = {
        "used": int(held[used["stem"].unique()].sum()),
        "not_training": int(held[matched.loc[~training, "stem"].unique()].sum()),
        "without_image": int(held.drop(matched["stem"].unique()).sum()),
    }
    return answers, counts


def check_answers(labels: pd.DataFrame, heads: Sequence[str], where: str) -> None:
    """Stop on a head without a column, or an answer that is not valid.

    Raises
    ------
    StudyError
    """
    for head in heads:
        if head not in labels:
            raise StudyError(
                where, f"no column {head}", f"label {head}, or remove clean.qc.heads.{head} from params.yaml"
            )
        fix = f"write {', '.join(ANSWERS)} or nothing"
        refuse_rows(~labels[head].isin(VALUES), head, where, "is an unknown answer", fix)


def vote(labels: pd.DataFrame, heads: Sequence[str]) -> pd.DataFrame:
    """Combine the answers to each labelled image or stem: the one of more than half of the readers who answered.

    Parameters
    ----------
    labels : DataFrame
        `image` and one column of answers per head.
    heads : sequence of str

    Returns
    -------
    DataFrame of str
        Indexed by image; "undeterminable" without such a majority, "" without any answer.
    """
    given = labels[list(heads)]
    image = labels["image"]
    asked = (given != BLANK).groupby(image).sum()
    votes = pd.DataFrame(UNDETERMINABLE, index=asked.index, columns=asked.columns).mask(asked == 0, BLANK)
    for answer in (YES, NO):
        votes = votes.mask(2 * (given == answer).groupby(image).sum() > asked, answer)
    if UNDETERMINABLE in votes:
        others = votes.columns != UNDETERMINABLE
        votes.loc[votes[UNDETERMINABLE] == YES, others] = UNDETERMINABLE
    return votes


def encode_targets(answers: pd.DataFrame) -> pd.DataFrame:
    """Encode answers as targets of the network: 1 yes, 0 no, NaN undeterminable or not labelled."""
    targets: pd.DataFrame = answers.apply(lambda column: column.map(VALUES)).astype(np.float64)
    return targets
