"""Figures of a reader study: the readers' operating points on the model's ROC curve."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from sonomics.core.readings import AIDED, ALONE
from sonomics.evaluate.figures import style
from sonomics.evaluate.figures.style import (
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    say_not_estimable,
    unit_square,
)
from sonomics.evaluate.readers.readings import SENSITIVITY, SPECIFICITY
from sonomics.evaluate.samples.cases import split_title

MARKS = (("o", VERMILLION), ("s", GREEN), ("^", PURPLE), ("D", ORANGE), ("v", SKY))
MOST_NUMBERED = 12
HEIGHT = 91


def draw_reader_plates(
    folder: Path, pages: PdfPages, tables: Mapping[str, pd.DataFrame], model: str, simulated: bool
) -> None:
    """Draw `readers_<split>.svg` of every split that somebody has read, and add it to the pages of a PDF."""
    if "readers_points" not in tables:
        return
    roc, points = tables["readers_roc"], tables["readers_points"]
    for split in points["split"].unique():
        path = folder / f"readers_{split}.svg"
        style.draw_plate(path, pages, HEIGHT, simulated, partial(draw_readers, roc, points, model, split))


def draw_readers(roc: pd.DataFrame, points: pd.DataFrame, model: str, split: str, drawn: Figure) -> None:
    """Draw the readers' operating points, from reading alone to reading with help, on the model's ROC curve."""
    axes = drawn.add_subplot()
    unit_square(axes, "1 - specificity", "Sensitivity", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, zorder=1)
    curve = roc[roc["split"] == split]
    if curve.empty:
        say_not_estimable(axes, "only one class")
        return
    axes.plot(curve["fpr"], curve["tpr"], color=INK, label=model, zorder=2)
    frozen = curve[curve["frozen"]]
    if len(frozen):
        axes.plot(frozen["fpr"], frozen["tpr"], "X", color=INK, markersize=6, markeredgecolor="white", zorder=5)
    inside = points[points["split"] == split]
    places = inside.pivot_table(index=["reader", "arm"], columns="measure", values="estimate", dropna=False)
    levels = inside.drop_duplicates("reader").set_index("reader")["level"]
    for rank, (level, readers) in enumerate(levels.groupby(levels, sort=False)):
        marker, colour = MARKS[rank % len(MARKS)]
        axes.plot([], [], marker, color=colour, markersize=4.5, label=str(level) or "readers")
        for reader in readers.index:
            number = str(1 + list(levels.index).index(reader)) if len(levels) <= MOST_NUMBERED else ""
            _draw_reader(axes, places.loc[reader], marker, colour, number)
    title = "Cross: frozen threshold.\nHollow: alone; filled: with help"
    axes.legend(title=title, title_fontsize=7, loc="lower right", alignment="left")


def _draw_reader(axes: Axes, places: pd.DataFrame, marker: str, colour: str, number: str) -> None:
    at = {str(arm): (1 - row[SPECIFICITY], row[SENSITIVITY]) for arm, row in places.iterrows()}
    known = {arm: place for arm, place in at.items() if not np.isnan(place).any()}
    style: dict[str, Any] = {"markersize": 4.5, "markeredgecolor": colour, "markeredgewidth": 0.9}
    for arm, place in known.items():
        face = "none" if arm == ALONE else colour
        axes.plot(*place, marker, markerfacecolor=face, zorder=7 if arm == ALONE else 8, **style)
    if len(known) == 2:
        arrow = {"arrowstyle": "-|>,head_width=0.12,head_length=0.25", "color": colour, "linewidth": 0.7}
        arrow |= {"shrinkA": 2.5, "shrinkB": 2.5}
        axes.annotate("", xy=known[AIDED], xytext=known[ALONE], arrowprops=arrow, zorder=6)
    last = known.get(AIDED, known.get(ALONE))
    if last and number:
        axes.annotate(number, last, xytext=(3.5, 2.5), textcoords="offset points", size=6, color=GREY)
