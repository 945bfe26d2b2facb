"""Rows of feature tables."""

import json
from hashlib import sha256
from pathlib import Path

import pandas as pd

from sonomics.core import schemas
from sonomics.core.settings.extract import Family

# The metadata of a table of features that lists its doubtful values.
DOUBTFUL = "doubtful"
DIGITS = 16


def select_kept(crops: pd.DataFrame) -> pd.DataFrame:
    """Select the crops that have a region; the others stand in the table of crops with their reason."""
    return crops[crops["keep"]].reset_index(drop=True)


def join_identity(crops: pd.DataFrame, features: pd.DataFrame, name: str, family: Family) -> pd.DataFrame:
    """Join the identifiers of crops, what their features were computed from, and the features.

    Parameters
    ----------
    crops : DataFrame
        One row per region, schema `CROPS`.
    features : DataFrame of float
        The same number of rows in the same order, one column per feature.
    name : str
        Name of the family, the prefix of the columns.
    family : Family
        Its settings.

    Returns
    -------
    DataFrame
        Schema `FEATURES`: identifiers and hash, then one column `<name>__<feature>` per feature.
    """
    identity = crops.assign(hash=hash_inputs(crops, family))[list(schemas.FEATURES.columns)]
    return pd.concat([identity, features.add_prefix(f"{name}__")], axis=1)


def hash_inputs(crops: pd.DataFrame, family: Family) -> list[str]:
    """Hash, for every crop, its pixels, its mask and the settings of the family: equal hashes, equal features.

    Parameters
    ----------
    crops : DataFrame
        Schema `CROPS`; `file` and `mask` are read.
    family : Family
        Its settings.

    Returns
    -------
    list of str
        16 hexadecimal digits of a SHA-256 for each row.
    """
    settings = json.dumps(family.model_dump(mode="json"), sort_keys=True).encode()
    inputs = zip(crops["file"], crops["mask"], strict=True)
    hashes = (sha256(sha256(settings).digest() + b"".join(map(_digest, files))) for files in inputs)
    return [each.hexdigest()[:DIGITS] for each in hashes]


def _digest(file: str) -> bytes:
    return sha256(Path(file).read_bytes()).digest()
