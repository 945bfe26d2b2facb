"""Figures of a reader study: the readers' operating points on the model's ROC curve."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonomics.core.readings import AIDED, ALONE
from sonomics.evaluate.figures.panel import Panel
from sonomics.evaluate.figures.style import (
    FAINT,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    set_unit_square,
    write_not_estimable,
)
from sonomics.evaluate.readers.readings import SENSITIVITY, SPECIFICITY
from sonomics.evaluate.samples.splits import split_title

MARKERS = (("o", VERMILION), ("s", GREEN), ("^", PURPLE), ("D", ORANGE), ("v", SKY))
MOST_NUMBERED = 12
HEIGHT = 91


def reader_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of the reader study, one per split that somebody has read."""
    if "readers_points" not in tables:
        return []
    roc, points = tables["readers_roc"], tables["readers_points"]
    return [
        Panel("readers", split, HEIGHT, partial(draw_readers, roc, points, primary, split))
        for split in points["split"].unique()
    ]


def draw_readers(roc: pd.DataFrame, points: pd.DataFrame, model: str, split: str, figure: Figure) -> None:
    """Draw the readers' operating points, from reading alone to reading with help, on the model's ROC curve."""
    axes = figure.add_subplot()
    set_unit_square(axes, "1 - specificity", "Sensitivity", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, zorder=1)
    curve = roc[roc["split"] == split]
    if curve.empty:
        write_not_estimable(axes, "only one class")
        return
    axes.plot(curve["fpr"], curve["tpr"], color=INK, label=model, zorder=2)
    frozen = curve[curve["frozen"]]
    if len(frozen):
        axes.plot(frozen["fpr"], frozen["tpr"], "X", color=INK, markersize=6, markeredgecolor="white", zorder=5)
    in_split = points[points["split"] == split]
    positions = in_split.pivot_table(index=["reader", "arm"], columns="measure", values="estimate", dropna=False)
    levels = in_split.drop_duplicates("reader").set_index("reader")["level"]
    for rank, (level, readers) in enumerate(levels.groupby(levels, sort=False)):
        marker, colour = MARKERS[rank % len(MARKERS)]
        axes.plot([], [], marker, color=colour, markersize=4.5, label=str(level) or "readers")
        for reader in readers.index:
            number = str(1 + list(levels.index).index(reader)) if len(levels) <= MOST_NUMBERED else ""
            _draw_reader(axes, positions.loc[reader], marker, colour, number)
    title = "Cross: frozen threshold.\nHollow: alone; filled: with help"
    axes.legend(title=title, title_fontsize=7, loc="lower right", alignment="left")


def _draw_reader(axes: Axes, points: pd.DataFrame, marker: str, colour: str, number: str) -> None:
    by_arm = {str(arm): (1 - row[SPECIFICITY], row[SENSITIVITY]) for arm, row in points.iterrows()}
    positions = {arm: position for arm, position in by_arm.items() if not np.isnan(position).any()}
    style: dict[str, Any] = {"markersize": 4.5, "markeredgecolor": colour, "markeredgewidth": 0.9}
    for arm, position in positions.items():
        fill = "none" if arm == ALONE else colour
        axes.plot(*position, marker, markerfacecolor=fill, zorder=7 if arm == ALONE else 8, **style)
    if len(positions) == 2:
        arrow = {"arrowstyle": "-|>,head_width=0.12,head_length=0.25", "color": colour, "linewidth": 0.7}
        arrow |= {"shrinkA": 2.5, "shrinkB": 2.5}
        axes.annotate("", xy=positions[AIDED], xytext=positions[ALONE], arrowprops=arrow, zorder=6)
    last = positions.get(AIDED, positions.get(ALONE))
    if last and number:
        axes.annotate(number, last, xytext=(3.5, 2.5), textcoords="offset points", size=6, color=GREY)
