"""Noise in place of features: what a study finds when there is nothing to find."""

import numpy as np
import pandas as pd

from sonomics.core.schemas import FEATURES
from sonomics.core.seeds import generator


def sample_noise(features: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Sample noise with the rows, columns and gaps of a table of features.

    Parameters
    ----------
    features : DataFrame
        A FEATURES table.
    seed : int
        The study's.

    Returns
    -------
    DataFrame
        Standard normal values. All outlines of an image have the same, so that no step drops them as unreliable, and
        the steps that look at labels are put to the test.
    """
    names = [name for name in features if name not in FEATURES.columns]
    family = str(names[0]).split("__")[0] if names else ""
    images = features["image"].unique()
    sampled = {image: generator(seed, "noise", family, image).standard_normal(len(names)) for image in images}
    values = np.array([sampled[image] for image in features["image"]]).reshape(len(features), len(names))
    noise = pd.DataFrame(values, columns=names, index=features.index).where(features[names].notna())
    return pd.concat([features[list(FEATURES.columns)], noise], axis=1)
