"""Words in the cells of a column: unknown ones, and several in one cell."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from sonomics.core.words import canonical

Words = tuple[str, ...]


def read_words(cells: pd.Series, unknown: Iterable[object] | None, separator: str | None) -> "pd.Series[Words]":  # type: ignore[type-var]
    """Read the known words of every cell.

    Parameters
    ----------
    cells : Series
        NaN where a cell is empty.
    unknown : iterable or None
        Words that mean unknown.
    separator : str or None
        Mark between several words in a cell; None: a cell is one word.

    Returns
    -------
    Series of tuple of str
        In canonical form, in the order of the cell; empty where nothing is known.
    """
    ignored = {"", *map(canonical, unknown or ())}

    def split(cell: Any) -> Words:
        if pd.isna(cell):
            return ()
        word = canonical(cell)
        parts = [word] if separator is None or word in ignored else map(canonical, word.split(separator))
        return tuple(part for part in parts if part not in ignored)

    return pd.Series([split(cell) for cell in cells], index=cells.index, dtype=object)


def join_words_of_cell(words: Iterable[str], separator: str | None) -> str:
    """Name the class of several words, in whatever order they stand."""
    return (separator or "").join(sorted(words))
