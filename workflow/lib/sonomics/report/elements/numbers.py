"""Numbers as a journal prints them."""

import math
from typing import NamedTuple

import pandas as pd

NOT_ESTIMABLE = "not estimable"


class Cell(NamedTuple):
    """One cell of a table: the figure, and in smaller type its interval or why there is none."""

    main: str
    detail: str = ""


def decimal(value: float, digits: int = 2) -> str:
    """Print a number with fixed digits and a true minus sign; a dash when it is NaN."""
    return "–" if math.isnan(value) else f"{value:z.{digits}f}".replace("-", "−")


def interval(lower: float, upper: float, digits: int = 2) -> str:
    """Print a confidence interval; nothing when it is not estimable."""
    if math.isnan(lower) or math.isnan(upper):
        return ""
    return f"{decimal(lower, digits)} to {decimal(upper, digits)}"


def p_value(p: float) -> str:
    """Print a p value with three decimals, or < 0.001."""
    if math.isnan(p):
        return "–"
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def estimate_cell(row: pd.Series, digits: int = 2) -> Cell:
    """Make a cell of an estimate with its interval; "not estimable" and the reason where it has none."""
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return Cell(decimal(row["estimate"], digits), interval(row["lower"], row["upper"], digits) or row["reason"])


def plural(count: int, noun: str) -> str:
    """Print a count with its noun: 1 case, 2 cases."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def listed(items: list[str]) -> str:
    """Join items as in a sentence: a, b and c."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)
