"""Tables of the page: captions, columns and cells, and how a cell shows an estimate."""

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import pandas as pd

from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_interval, format_p

Row = Mapping[Hashable, Any]


class Cell(NamedTuple):
    """One cell of a table: the value, and in smaller type its interval or the reason why there is none."""

    main: str
    detail: str = ""


@dataclass(frozen=True)
class Table:
    """A table of the page: the first cell of every row is its heading, and `text` names the columns of words."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]
    note: str = ""
    text: tuple[str, ...] = ()


def show_estimate(row: Row | pd.Series, digits: int = 2) -> Cell:
    """Show an estimate with its interval, or the reason why either is missing."""
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    interval = format_interval(row["lower"], row["upper"], digits)
    return Cell(format_decimal(row["estimate"], digits), interval or row["reason"])


def show_estimate_and_counts(row: Row, counts: str = "", digits: int = 2) -> Cell:
    """Show an estimate with its interval and the counts behind it, or the reason why it is not estimable."""
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, "; ".join(filter(None, [row["reason"], counts])))
    interval = format_interval(row["lower"], row["upper"], digits) if "lower" in row else ""
    return Cell(format_decimal(row["estimate"], digits), "; ".join(filter(None, [interval, counts])))


def show_difference(row: Row, value: str = "difference") -> Cell:
    """Show a difference or ratio with its interval, or the reason why it is not estimable."""
    if math.isnan(row[value]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return Cell(format_decimal(row[value]), format_interval(row["lower"], row["upper"]))


def show_p(p: float, detail: str = "", reason: str = "") -> Cell:
    """Show a P value with a detail, or the reason why there is none."""
    return Cell(format_p(p), reason if math.isnan(p) else detail)
