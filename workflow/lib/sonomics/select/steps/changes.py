"""Steps that give features new values, beside those that only drop some; their states are applied to any rows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd

from sonomics.select.steps import combat, pca

Change = dict[str, Any]

CHANGES: Mapping[str, Callable[[Change, pd.DataFrame], pd.DataFrame]] = {"combat": combat.apply, "pca": pca.apply}


def changed(rows: pd.DataFrame, changes: Sequence[Change]) -> pd.DataFrame:
    """Apply the changes that training rows have taught, in their order, to any rows."""
    for change in changes:
        rows = CHANGES[change["step"]](change, rows)
    return rows
