"""Forest plots of subgroups."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonomics.evaluate.figures.panel import Panel, panels_of_splits
from sonomics.evaluate.figures.style import BLUE, FAINT, GREY, INK, replace_missing_glyphs, write_not_estimable
from sonomics.evaluate.robustness.subgroups import OVERALL
from sonomics.evaluate.samples.splits import split_title

# Heights of one line and of title and axis, in millimetres.
LINE, HEAD = 4.0, 26.0
WIDEST = 20.0


def subgroup_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the forest plots of the measure of the task: AUC, mean AUC of several classes, concordance of a risk."""
    table = tables["subgroups"]
    draw = partial(draw_auc_forest, table=table, words=_name_measure(tables))
    return panels_of_splits(tables, "subgroups", forest_height(table), draw)


def _name_measure(tables: Mapping[str, pd.DataFrame]) -> tuple[str, str]:
    """Name the measure of the subgroups, and what is counted; "" where only cases are."""
    if "task_classes" in tables:
        return "Mean AUC, each class against the rest", ""
    return ("Concordance (Harrell's C)", "events") if "task_follow_up" in tables else ("AUC", "positives")


def hazard_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the forest plots of the hazard ratio."""
    table = tables["hazard_subgroups"]
    return panels_of_splits(tables, "hazard_subgroups", forest_height(table), partial(draw_hazard_forest, table=table))


def forest_height(table: pd.DataFrame) -> float:
    """Return the height in millimetres that the longest forest of a table needs."""
    if table.empty:
        return HEAD + 5 * LINE
    by_split = table.groupby("split")
    lines = (by_split.size() + by_split["variable"].nunique()).max()
    return HEAD + LINE * float(lines)


def draw_auc_forest(
    figure: Figure, table: pd.DataFrame, split: str, words: tuple[str, str] = ("AUC", "positives")
) -> None:
    """Draw the measure of every subgroup of one split with its interval, counts, and P of the interaction."""
    in_split = table[table["split"] == split]
    axes = _draw_forest(figure, in_split, split, *words)
    if in_split["estimate"].notna().any():
        axes.set_xlim(max(0.0, min(0.5, float(in_split["lower"].min()) - 0.02)), 1.0)


def draw_hazard_forest(figure: Figure, table: pd.DataFrame, split: str) -> None:
    """Draw the hazard ratio (high against low risk) of every subgroup of one split, on a logarithmic axis."""
    in_split = table[table["split"] == split]
    axes = _draw_forest(figure, in_split, split, "Hazard ratio, high against low risk", "events")
    if in_split["estimate"].notna().any():
        axes.set_xscale("log")
        low = max(1 / WIDEST, min(0.5, float(in_split["lower"].min())))
        high = min(WIDEST, max(2.0, float(in_split["upper"].max())))
        axes.set_xlim(low, high)
        candidates = (0.2, 0.5, 1, 2, 5, 10, 20) if high / low < WIDEST else (0.1, 1, 10)
        ticks = [tick for tick in candidates if low <= tick <= high]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.axvline(1, color=FAINT, linewidth=0.8, zorder=0)


def _draw_forest(figure: Figure, in_split: pd.DataFrame, split: str, xlabel: str, counted: str) -> Axes:
    axes = figure.add_subplot()
    axes.set(xlabel=xlabel, title=split_title(split), yticks=[])
    axes.spines["left"].set_visible(False)
    if in_split.empty:
        write_not_estimable(axes, "no case")
        return axes
    names: list[str] = []
    headings: list[int] = []
    for variable, rows in in_split.groupby("variable", sort=False):
        if variable != OVERALL:
            headings.append(len(names))
            _write_next_to(axes, len(names), _describe_interaction(rows.iloc[0]), GREY)
            names.append(replace_missing_glyphs(str(variable)))
        for row in rows.to_dict("records"):
            _draw_estimate(axes, row, len(names))
            counts = (
                f"{row['events' if 'events' in row else 'positives']:.0f} / {row['n']}" if counted else str(row["n"])
            )
            names.append(replace_missing_glyphs(f"{row['level']}   {counts}"))
    whole = in_split[in_split["variable"] == OVERALL]["estimate"]
    if whole.notna().any():
        axes.axvline(float(whole.iloc[0]), color=GREY, linewidth=0.7, linestyle=":", zorder=0)
    axes.set_ylim(len(names) - 0.4, -0.8)
    axes.set_yticks(range(len(names)), names, size=6.5, parse_math=False)
    axes.tick_params(axis="y", length=0)
    for line in headings:
        axes.get_yticklabels()[line].set_fontweight("bold")
    axes.set_title(f"{split_title(split)}\n", loc="left")
    axes.text(
        -0.03, 1.01, f"{counted} / n" if counted else "n", transform=axes.transAxes, ha="right", size=6.5, color=GREY
    )
    return axes


def _draw_estimate(axes: Axes, row: dict[Any, Any], line: int) -> None:
    if np.isnan(row["estimate"]):
        _write_next_to(axes, line, row["reason"], GREY)
        return
    bounds = ""
    if not np.isnan(row["lower"]):
        axes.plot([row["lower"], row["upper"]], [line, line], color=INK, linewidth=0.9)
        bounds = f" ({row['lower']:.2f} to {row['upper']:.2f})"
    axes.plot(row["estimate"], line, "s", color=BLUE, markersize=3.5)
    _write_next_to(axes, line, f"{row['estimate']:.2f}{bounds}", INK)


def _write_next_to(axes: Axes, line: int, words: str, colour: str) -> None:
    axes.text(1.03, line, words, transform=axes.get_yaxis_transform(), va="center", size=6.5, color=colour)


def _describe_interaction(row: pd.Series) -> str:
    p = row["p_interaction"]
    return "" if np.isnan(p) else f"interaction P {_format_p(p)}"


def _format_p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
