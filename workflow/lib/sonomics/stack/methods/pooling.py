"""From the scores of a case's images to one score per case."""

import pandas as pd
from pandas.core.groupby import SeriesGroupBy

from sonomics.kinds.pools import POOLS

ROW = ["patient", "case", "split", "fold"]


def pool_by_mean(scores: "SeriesGroupBy[float, tuple[str, ...]]") -> "pd.Series[float]":
    """Return the mean score of each case."""
    return scores.mean()


def pool_by_maximum(scores: "SeriesGroupBy[float, tuple[str, ...]]") -> "pd.Series[float]":
    """Return the largest score of each case."""
    return scores.max()


def pool_images(predictions: pd.DataFrame, pool: str) -> pd.DataFrame:
    """Pool the scores of the images of each case.

    Parameters
    ----------
    predictions : DataFrame
        A PREDICTIONS table of one model; rows of one case and fold belong together.
    pool : str
        Name of a kind of pool, `stack.pool`.

    Returns
    -------
    DataFrame
        `patient, case, split, fold, value`, one row per case.
    """
    pooled: pd.Series[float] = POOLS.build(pool)(predictions.groupby(ROW)["value"])
    return pooled.reset_index()
