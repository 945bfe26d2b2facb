"""Draw the images that readers label for quality control: a random sample of training images."""

from collections.abc import Sequence

import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.images import stem_of
from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import generator


def draw_sample(
    images: pd.DataFrame, roster: pd.DataFrame, labels: pd.DataFrame, count: int, seed: int
) -> pd.DataFrame:
    """Draw images to be labelled.

    Parameters
    ----------
    images : DataFrame
        Table IMAGES.
    roster : DataFrame
        `case` and `split`.
    labels : DataFrame
        Table QC_LABELS: images labelled already are not drawn again.
    count : int
    seed : int
        Each image gets a random number from the seed and its name: new images do not change the order of the others.

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
    unlabelled = images[images["keep"] & images["case"].isin(training)]
    unlabelled = unlabelled[unlabelled["image"].map(lambda image: stem_of(image, done)).isna()]
    if unlabelled.empty:
        raise StudyError("data/clean", "there is no unlabelled image of a training case", "label no more")
    draws = unlabelled["image"].map(lambda image: generator(seed, image, "label sample").uniform())
    chosen = unlabelled.loc[draws.sort_values().index[:count], ["case", "image", "file"]]
    return chosen.sort_values("image", ignore_index=True)


def make_sheet(images: Sequence[str], reader: str, heads: Sequence[str], seed: int) -> pd.DataFrame:
    """Make a reader's empty sheet, with the images in a random order of its own."""
    order = generator(seed, reader, "label order").permutation(len(images))
    table = pd.DataFrame({"image": [images[index] for index in order], "reader": reader})
    return table.assign(**dict.fromkeys(heads, ""))
