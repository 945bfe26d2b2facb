"""Which images are labelled for quality control: a random sample of training images."""

from collections.abc import Sequence

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.images import stem_of
from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import generator


def drawn(images: pd.DataFrame, roster: pd.DataFrame, labels: pd.DataFrame, count: int, seed: int) -> pd.DataFrame:
    """Draw images to be labelled.

    Parameters
    ----------
    images : DataFrame
        Table IMAGES.
    roster : DataFrame
        `case` and `split`.
    labels : DataFrame
        Table QC_LABELS: what is labelled already is not drawn again.
    count : int
    seed : int
        Every image has its own lot, drawn from the seed and its name: new images do not change the order of the others.

    Returns
    -------
    DataFrame
        `case`, `image` and `file` of at most `count` images, sorted by image.

    Raises
    ------
    StudyError
        When no training image is left to label.
    """
    training = set(roster.loc[roster["split"] == TRAIN, "case"])
    done = set(labels["image"])
    open_ = images[images["keep"] & images["case"].isin(training)]
    open_ = open_[open_["image"].map(lambda image: stem_of(image, done)).isna()]
    if open_.empty:
        raise StudyError("data/clean", "there is no unlabelled image of a training case", "label no more")
    lots = open_["image"].map(lambda image: generator(seed, image, "label sample").uniform())
    chosen = open_.loc[lots.sort_values().index[:count], ["case", "image", "file"]]
    return chosen.sort_values("image", ignore_index=True)


def sheet(images: Sequence[str], reader: str, heads: Sequence[str], seed: int) -> pd.DataFrame:
    """Make a reader's empty sheet, the images in an order of the reader's own."""
    order = generator(seed, reader, "label order").permutation(len(images))
    table = pd.DataFrame({"image": [images[place] for place in order], "reader": reader})
    return table.assign(**dict.fromkeys(heads, ""))
