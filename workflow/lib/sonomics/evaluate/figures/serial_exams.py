"""The exams of diagnosed patients on one axis of years before the diagnosis."""

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure

from sonomics.evaluate.figures import style
from sonomics.evaluate.figures.style import BLUE, FAINT, GREY, VERMILLION
from sonomics.evaluate.samples.cases import split_title

MOST_PATIENTS = 40
MARKS = {True: ("o", VERMILLION, VERMILLION, "called positive"), False: ("s", BLUE, "white", "called negative")}


def draw_serial_plates(folder: Path, pages: PdfPages, tables: Mapping[str, pd.DataFrame], simulated: bool) -> None:
    """Draw `serial_<split>.svg` of every split with exams before a diagnosis, and add it to the pages of a PDF."""
    if "serial_exams" not in tables:
        return
    for split, exams in tables["serial_exams"].groupby("split", sort=False):
        shown = min(exams["patient"].nunique(), MOST_PATIENTS)
        path = folder / f"serial_{split}.svg"
        style.draw_plate(path, pages, 38 + 2.2 * shown, simulated, partial(draw_serial, exams, str(split)))


def draw_serial(exams: pd.DataFrame, split: str, drawn: Figure) -> None:
    """Draw a row a patient, from the first exam to the diagnosis; the patients with the longest wait where many."""
    axes = drawn.add_subplot()
    first = exams.groupby("patient")["before"].max().sort_values(kind="stable").tail(MOST_PATIENTS)
    places = pd.Series(range(len(first)), index=first.index)
    inside = exams[exams["patient"].isin(first.index)]
    axes.hlines(places, 0, first, color=FAINT, linewidth=1.2, zorder=1)
    for called, (marker, edge, face, label) in MARKS.items():
        at = inside[inside["called"] == called]
        look: dict[str, Any] = {"color": edge, "markerfacecolor": face, "markersize": 3.8, "markeredgewidth": 0.9}
        axes.plot(at["before"], at["patient"].map(places), marker, label=label, zorder=3 + called, **look)
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=2)
    axes.set(xlabel="Years before the diagnosis", title=split_title(split), ylim=(-0.7, len(first) - 0.3))
    axes.set_ylabel("Patients")
    axes.set_yticks([])
    axes.invert_xaxis()
    drawn.legend(loc="outside lower left", ncols=2)
