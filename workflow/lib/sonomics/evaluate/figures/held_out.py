"""The forest plot of the values that folds leave out, each next to folds that divide it."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.figures.panel import Panel
from sonomics.evaluate.figures.style import BLUE, GREY, INK, ORANGE, replace_missing_glyphs

# Heights of one line and of title, axis and legend, in millimetres.
LINE, HEAD = 6.5, 34.0
# How far the marks of the runs of one value lie apart, in lines.
SPREAD = 0.44


def held_out_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the forest plot of the training set; none where no run leaves out the values of a column."""
    if "held_out" not in tables:
        return []
    table = tables["held_out"]
    areas = table[table["statistic"] == "auc"]
    lines = len(areas[["variable", "level"]].drop_duplicates())
    return [Panel("held_out", TRAIN, HEAD + LINE * lines, partial(draw_held_out, table=areas))]


def draw_held_out(figure: Figure, table: pd.DataFrame) -> None:
    """Draw the AUC (or concordance) of every value in every run with its interval.

    Parameters
    ----------
    figure : Figure
        Empty.
    table : DataFrame
        The rows of `held_out` with the statistic `auc`.
    """
    axes = figure.add_subplot()
    counts = table.drop_duplicates(["variable", "level"])
    values = list(zip(counts["variable"], counts["level"], strict=True))
    runs = list(dict.fromkeys(table["variant"]))
    colours = dict(zip(runs, [GREY, BLUE, ORANGE, INK] * len(runs), strict=False))
    for place, run in enumerate(runs):
        rows = table[table["variant"] == run]
        shift = SPREAD * (place - (len(runs) - 1) / 2) / max(1, len(runs) - 1)
        lines = [values.index(value) + shift for value in zip(rows["variable"], rows["level"], strict=True)]
        label = f"{run} (folds: {rows['scheme'].iloc[0]})"
        axes.hlines(lines, rows["lower"], rows["upper"], color=colours[run], linewidth=1.0)
        axes.plot(rows["estimate"], lines, "s", color=colours[run], markersize=3.5, label=label)
        for line, row in zip(lines, rows.to_dict("records"), strict=True):
            if np.isnan(row["estimate"]):
                axes.text(
                    0.5,
                    line,
                    row["reason"],
                    va="center",
                    ha="center",
                    size=5.5,
                    color=colours[run],
                    backgroundcolor="white",
                )
    axes.axvline(0.5, color=GREY, linewidth=0.6, linestyle=":", zorder=0)
    written = zip(counts["variable"], counts["level"], counts["n"], strict=True)
    names = [replace_missing_glyphs(f"{variable}: {level}   {n}") for variable, level, n in written]
    axes.set_yticks(range(len(values)), names, size=6.5, parse_math=False)
    axes.set_ylim(len(values) - 0.4, -0.6)
    lowest = table["lower"].min()
    axes.set_xlim(min(0.4, float(lowest)) if not np.isnan(lowest) else 0.4, 1.0)
    axes.set_xlabel(_name_statistic(table))
    axes.tick_params(axis="y", length=0)
    axes.set_title("Training, out of fold\n", loc="left")
    axes.text(-0.03, 1.01, "n", transform=axes.transAxes, ha="right", size=6.5, color=GREY)
    figure.legend(loc="outside lower center", fontsize=6, frameon=False, ncols=1)


def _name_statistic(table: pd.DataFrame) -> str:
    """Name what the statistic `auc` is, by kind of task: only several classes have no positives."""
    if table["method"].astype(str).str.startswith("Harrell").any():
        return "Concordance (Harrell's C)"
    return "AUC" if table["positives"].notna().any() else "Mean AUC of the classes"
