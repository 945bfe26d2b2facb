"""Rows of feature tables."""

import pandas as pd

from sonomics.core import schemas


def kept_crops(crops: pd.DataFrame) -> pd.DataFrame:
    """Return the crops that have a region; the others stand in the table of crops with their reason."""
    return crops[crops["keep"]].reset_index(drop=True)


def feature_table(crops: pd.DataFrame, features: pd.DataFrame, family: str) -> pd.DataFrame:
    """Put names before the features of crops.

    Parameters
    ----------
    crops : DataFrame
        One row a region, as `CROPS`.
    features : DataFrame of float
        The same number of rows in the same order, one column a feature.
    family : str
        Prefix of the columns.

    Returns
    -------
    DataFrame
        As `FEATURES`: who and where, then `<family>__<feature>`.
    """
    identity = crops[list(schemas.FEATURES.columns)]
    return pd.concat([identity, features.add_prefix(f"{family}__")], axis=1)
