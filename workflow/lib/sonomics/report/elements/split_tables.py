"""Tables with one column per set."""

from collections.abc import Mapping, Sequence

import pandas as pd

from sonomics.report.elements.numbers import DASH
from sonomics.report.elements.tables import Cell, Row, Table
from sonomics.report.study.evaluation import Evaluation


def tabulate_by_split(
    evaluation: Evaluation, caption: str, heading: str, rows: Sequence[tuple[str, Mapping[str, Cell]]], note: str = ""
) -> Table:
    """Build a table with one column per set; a dash where a set has no such cell.

    Parameters
    ----------
    evaluation : Evaluation
    caption : str
    heading : str
        Heading of the first column, which holds the names of the rows.
    rows : sequence of (str, mapping of split to Cell)
        A set that no row names has no column.
    note : str
    """
    splits = [split for split in evaluation.splits if any(split in cells for _, cells in rows)]
    body = [[Cell(name), *(cells.get(split, Cell(DASH)) for split in splits)] for name, cells in rows]
    return Table(caption, [heading, *(evaluation.splits[split] for split in splits)], body, note)


def index_by_split(table: pd.DataFrame) -> dict[str, Row]:
    """Return the first row of every split."""
    return {str(row["split"]): row for row in reversed(table.to_dict("records"))}
