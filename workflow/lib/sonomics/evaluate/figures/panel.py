"""A panel: one figure of one split, before it is drawn."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd
from matplotlib.figure import Figure


@dataclass(frozen=True)
class Panel:
    """One figure of one split, as wide as a journal's column.

    Attributes
    ----------
    kind : str
        What it shows: the first part of the name of its file.
    split : str
    height : float
        In millimetres.
    draw : callable
        Draws into an empty figure.
    """

    kind: str
    split: str
    height: float
    draw: Callable[[Figure], None]

    @property
    def name(self) -> str:
        """The name of its file, without suffix."""
        return f"{self.kind}_{self.split}"


def panels_of_splits(
    tables: Mapping[str, pd.DataFrame], kind: str, height: float, draw: Callable[..., None]
) -> list[Panel]:
    """List the panels of one kind, one per split of the study.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        With `splits`.
    kind : str
    height : float
        In millimetres.
    draw : callable
        Draws into an empty figure what it knows of a split: `draw(figure, split=split)`.
    """
    return [Panel(kind, split, height, _of_split(draw, split)) for split in tables["splits"]["split"]]


def _of_split(draw: Callable[..., None], split: str) -> Callable[[Figure], None]:
    return lambda figure: draw(figure, split=split)
