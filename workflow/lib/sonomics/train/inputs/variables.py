"""Turn clinical columns into numbers for a network, by what the training rows of a fold have."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Scale = dict[str, Any]


def fit_scale(column: pd.Series) -> Scale:
    """Learn from training rows how a clinical column becomes numbers.

    Returns
    -------
    dict
        Of numbers: `mean` and `sd` (population; 1 where it is 0 or unknown). Of text: `levels`, in the alphabet's
        order.
    """
    known = column.dropna()
    if not pd.api.types.is_numeric_dtype(column):
        return {"levels": sorted(known.astype(str).unique())}
    values = known.to_numpy(dtype=np.float64)
    sd = float(values.std()) if len(values) else 0.0
    return {"mean": float(values.mean()) if len(values) else 0.0, "sd": sd if sd > 0 else 1.0}


def apply_scale(column: pd.Series, scale: Scale) -> NDArray[np.float32]:
    """Turn a clinical column into numbers.

    Returns
    -------
    (rows, numbers) float32 array
        Of numbers: standardised, 0 where missing, then 1 where missing. Of text: 1 for the level of the row, then 1
        where missing; a level that training lacks is 0 everywhere.
    """
    is_missing = column.isna().to_numpy()
    if "levels" in scale:
        text = column.astype(str).to_numpy()
        levels = [(text == level) & ~is_missing for level in scale["levels"]]
        return np.stack([*levels, is_missing], axis=1).astype(np.float32)
    values = (column.to_numpy(dtype=np.float64, na_value=np.nan) - scale["mean"]) / scale["sd"]
    return np.stack([np.where(is_missing, 0.0, values), is_missing], axis=1).astype(np.float32)


def count_numbers(scales: dict[str, Scale]) -> int:
    """Count the numbers that columns become."""
    return sum(len(scale.get("levels", [""])) + 1 for scale in scales.values())


def scale_columns(table: pd.DataFrame, scales: dict[str, Scale]) -> NDArray[np.float32]:
    """Turn clinical columns into numbers next to each other, (rows, numbers) float32; none without columns."""
    numbers = [apply_scale(table[name], scale) for name, scale in scales.items()]
    return np.concatenate([np.zeros((len(table), 0), np.float32), *numbers], axis=1)
