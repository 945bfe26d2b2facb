"""Tables with a column a set: how a figure, its interval, its counts and what is undefined fill a cell."""

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from sonomics.report.elements.figures import Plate
from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, interval, p_value
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

Row = Mapping[Hashable, Any]


def figure_cell(row: Row, counts: str = "", digits: int = 2) -> Cell:
    """Show an estimate, its interval and the counts behind it; the reason where it is not estimable."""
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, "; ".join(part for part in (row["reason"], counts) if part))
    bounds = interval(row["lower"], row["upper"], digits) if "lower" in row else ""
    return Cell(decimal(row["estimate"], digits), "; ".join(part for part in (bounds, counts) if part))


def p_cell(p: float, detail: str = "", reason: str = "") -> Cell:
    """Show a P value; the reason where there is none."""
    return Cell(p_value(p), reason if math.isnan(p) else detail)


def grid(
    evaluation: Evaluation, caption: str, first: str, rows: Sequence[tuple[str, Mapping[str, Cell]]], note: str = ""
) -> Table:
    """Make a table with a row a thing and a column a set; a dash where a set has nothing of the kind.

    Parameters
    ----------
    evaluation : Evaluation
    caption, first : str
        `first` heads the column of names.
    rows : sequence of (str, mapping of split to Cell)
    note : str
    """
    splits = [split for split in evaluation.splits if any(split in cells for _, cells in rows)]
    body = [[Cell(name), *(cells.get(split, Cell("–")) for split in splits)] for name, cells in rows]
    return Table(caption, [first, *(evaluation.splits[split] for split in splits)], body, note)


def by_split(table: pd.DataFrame) -> dict[str, Row]:
    """Return the first row of every split."""
    return {str(row["split"]): row for row in reversed(table.to_dict("records"))}


def plate_of(evaluation: Evaluation, kind: str, title: str, caption: str, words: Mapping[str, str]) -> Plate:
    """Gather the figures of one kind; `words` are the text alternatives by split."""
    panels = [
        (f"{name}: {words[split]}", Markup(inline_svg(svg, f"{evaluation.task}-{kind}-{split}")))
        for split, name in evaluation.splits.items()
        if (svg := evaluation.figures.get((kind, split)))
    ]
    return Plate(kind, title, caption, panels)
