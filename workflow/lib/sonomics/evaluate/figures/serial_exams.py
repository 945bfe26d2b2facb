"""The exams of diagnosed patients on one axis of years before the diagnosis."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
from matplotlib.figure import Figure

from sonomics.evaluate.figures.panel import Panel
from sonomics.evaluate.figures.style import BLUE, FAINT, GREY, VERMILION
from sonomics.evaluate.samples.splits import split_title

MOST_PATIENTS = 40
MARKERS = {True: ("o", VERMILION, VERMILION, "called positive"), False: ("s", BLUE, "white", "called negative")}


def serial_exam_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of exams before a diagnosis, one per split that has some."""
    panels = []
    for split, exams in tables["serial_exams"].groupby("split", sort=False):
        shown = min(exams["patient"].nunique(), MOST_PATIENTS)
        panels.append(Panel("serial", str(split), 38 + 2.2 * shown, partial(draw_serial, exams, str(split))))
    return panels


def draw_serial(exams: pd.DataFrame, split: str, figure: Figure) -> None:
    """Draw one row per patient, from the first exam to the diagnosis; of many patients those who waited longest."""
    axes = figure.add_subplot()
    first = exams.groupby("patient")["before"].max().sort_values(kind="stable").tail(MOST_PATIENTS)
    rows = pd.Series(range(len(first)), index=first.index)
    shown = exams[exams["patient"].isin(first.index)]
    axes.hlines(rows, 0, first, color=FAINT, linewidth=1.2, zorder=1)
    for called, (marker, edge, face, label) in MARKERS.items():
        of_kind = shown[shown["called"] == called]
        style: dict[str, Any] = {"color": edge, "markerfacecolor": face, "markersize": 3.8, "markeredgewidth": 0.9}
        axes.plot(of_kind["before"], of_kind["patient"].map(rows), marker, label=label, zorder=3 + called, **style)
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=2)
    axes.set(xlabel="Years before the diagnosis", title=split_title(split), ylim=(-0.7, len(first) - 0.3))
    axes.set_ylabel("Patients")
    axes.set_yticks([])
    axes.invert_xaxis()
    figure.legend(loc="outside lower left", ncols=2)
