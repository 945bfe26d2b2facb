"""Rows of feature tables."""

import pandas as pd

from sonomics.core import schemas

# The metadata of a table of features that lists its doubtful values.
DOUBTFUL = "doubtful"


def select_kept(crops: pd.DataFrame) -> pd.DataFrame:
    """Select the crops that have a region; the others stand in the table of crops with their reason."""
    return crops[crops["keep"]].reset_index(drop=True)


def join_identity(crops: pd.DataFrame, features: pd.DataFrame, family: str) -> pd.DataFrame:
    """Join the identifiers of crops and their features.

    Parameters
    ----------
    crops : DataFrame
        One row per region, schema `CROPS`.
    features : DataFrame of float
        The same number of rows in the same order, one column per feature.
    family : str
        Prefix of the columns.

    Returns
    -------
    DataFrame
        Schema `FEATURES`: identifiers, then one column `<family>__<feature>` per feature.
    """
    identity = crops[list(schemas.FEATURES.columns)]
    return pd.concat([identity, features.add_prefix(f"{family}__")], axis=1)
