"""How a clinical column enters a regression."""

from typing import Any

import pandas as pd

Encoding = dict[str, Any]


def fit_encoding(column: pd.Series) -> Encoding:
    """Learn from training rows how a clinical column enters a regression.

    Returns
    -------
    dict
        Of numbers: `median`, which stands in for a missing value, `low` and `high`, the least and the largest. Of text:
        `levels`, the first of which is the reference and stands in for a missing value: the most frequent, of equal
        ones the first in the alphabet.
    """
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column):
        known = known if len(known) else pd.Series([0.0])
        return {"median": float(known.median()), "low": float(known.min()), "high": float(known.max())}
    counts = known.astype(str).value_counts()
    return {"levels": sorted(counts.index, key=lambda level: (-counts[level], level))}


def apply_encoding(column: pd.Series, encoding: Encoding) -> pd.DataFrame:
    """Turn a clinical column into columns of numbers, named `<column>` or `<column>=<level>`; unknown levels are 0."""
    if is_number(encoding):
        return column.astype(float).fillna(encoding["median"]).to_frame()
    return pd.DataFrame(
        {f"{column.name}={level}": (column.astype(str) == level).astype(float) for level in encoding["levels"][1:]},
        index=column.index,
    )


def is_number(encoding: Encoding) -> bool:
    """Tell whether a column holds numbers."""
    return "median" in encoding
