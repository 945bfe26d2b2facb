"""Tables put together, and their P values adjusted for the number of tests."""

from collections.abc import Sequence

import pandas as pd

from sonomics.statistics.comparison.multiple_testing import holm

Tables = dict[str, pd.DataFrame]


def concatenate(tables: Sequence[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    """Concatenate tables with these columns; without tables, return one without rows."""
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)


def adjust_by_holm(table: pd.DataFrame, p: str, family: str) -> pd.Series:
    """Adjust a column of P values by Holm's method; the rows with one value of `family` are one family of tests."""
    if table.empty:
        return pd.Series(dtype=float)
    return table.groupby(family, sort=False)[p].transform(lambda values: holm(values.astype(float)))
