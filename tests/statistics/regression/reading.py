"""A nomogram read as a reader does: the points of the values of a case, their sum, and what lies below it."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd


def read_nomogram(
    table: pd.DataFrame, values: Mapping[str, str], link: Callable[[np.ndarray], np.ndarray]
) -> dict[str, float]:
    """Return the link of what each scale shows below the sum of points."""
    points = table[table["kind"] == "variable"].set_index(["axis", "label"])["points"]
    total = sum(points[axis, label] for axis, label in values.items())
    scales = table[table["kind"] == "probability"].groupby("axis", sort=False)
    read = {}
    for name, marks in scales:
        at, shown = marks["points"].to_numpy(), link(marks["label"].astype(float).to_numpy())
        slope = (shown[-1] - shown[0]) / (at[-1] - at[0])
        read[str(name)] = float(shown[0] + slope * (total - at[0]))
    return read
