"""Forest plots of subgroups and curves of treatment: the figures of one split."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonomics.evaluate.figures.style import BLUE, DASHES, FAINT, GREY, INK, VERMILLION, drawable, say_not_estimable
from sonomics.evaluate.robustness.subgroups import OVERALL
from sonomics.evaluate.samples.cases import split_title
from sonomics.evaluate.survival.risk_groups import HIGH, LOW
from sonomics.evaluate.survival.treatment import INTERACTION, TREATED, UNTREATED

LINE, HEAD = 4.0, 26.0
TREATMENTS = {TREATED: (VERMILLION, DASHES[0]), UNTREATED: (BLUE, DASHES[1])}
WIDEST = 20.0


def forest_height(table: pd.DataFrame) -> float:
    """Return the height in millimetres that the longest forest of a table needs."""
    if table.empty:
        return HEAD + 5 * LINE
    by_split = table.groupby("split")
    lines = (by_split.size() + by_split["variable"].nunique()).max()
    return HEAD + LINE * float(lines)


def draw_area_forest(drawn: Figure, table: pd.DataFrame, split: str) -> None:
    """Draw the AUC of every subgroup of one split with its interval, counts, and P of the interaction."""
    inside = table[table["split"] == split]
    axes = _forest(drawn, inside, split, "AUC", "positives")
    if inside["estimate"].notna().any():
        axes.set_xlim(max(0.0, min(0.5, float(inside["lower"].min()) - 0.02)), 1.0)


def draw_hazard_forest(drawn: Figure, table: pd.DataFrame, split: str) -> None:
    """Draw the hazard ratio (high against low risk) of every subgroup of one split, on a logarithmic axis."""
    inside = table[table["split"] == split]
    axes = _forest(drawn, inside, split, "Hazard ratio, high against low risk", "events")
    if inside["estimate"].notna().any():
        axes.set_xscale("log")
        low = max(1 / WIDEST, min(0.5, float(inside["lower"].min())))
        high = min(WIDEST, max(2.0, float(inside["upper"].max())))
        axes.set_xlim(low, high)
        near = (0.2, 0.5, 1, 2, 5, 10, 20) if high / low < WIDEST else (0.1, 1, 10)
        ticks = [tick for tick in near if low <= tick <= high]
        axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
        axes.minorticks_off()
        axes.axvline(1, color=FAINT, linewidth=0.8, zorder=0)


def draw_treatment(drawn: Figure, curves: pd.DataFrame, table: pd.DataFrame, split: str) -> None:
    """Draw event-free survival of treated and untreated cases of one split, a panel a risk group."""
    inside, rows = curves[curves["split"] == split], table[table["split"] == split].set_index("group").to_dict("index")
    panels = drawn.subplots(1, 2, sharey=True)
    drawn.suptitle(split_title(split), x=0.01, ha="left", size=8, weight="bold")
    for axes, group in zip(panels, (HIGH, LOW), strict=True):
        axes.set(ylim=(0, 1.02), xlabel="Months", title=f"{group} risk")
        axes.title.set_fontweight("normal")
        own = inside[inside["group"] == group]
        for name, (colour, dash) in TREATMENTS.items():
            curve = own[own["treatment"] == name]
            if len(curve):
                label = f"{name} (n = {curve['at_risk'].iloc[0]})"
                axes.step(curve["time"], curve["survival"], where="post", color=colour, linestyle=dash, label=label)
        if own.empty:
            say_not_estimable(axes, "no case")
        else:
            axes.legend(loc="best", fontsize=6, title=_ratio(rows[group]), title_fontsize=6)
    panels[0].set_ylabel("Event-free share")
    row = rows[INTERACTION]
    p = (
        row["reason"]
        if np.isnan(row["p"])
        else f"P of the interaction {'< 0.001' if row['p'] < 0.001 else format(row['p'], '.3f')}"
    )
    drawn.supxlabel(f"{p}; an association, not an effect", x=0.01, ha="left", size=6.5, color=GREY)


def _ratio(row: dict[Any, Any]) -> str:
    if np.isnan(row["hr"]):
        return f"HR: {row['reason']}"
    return f"HR {row['hr']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"


def _forest(drawn: Figure, inside: pd.DataFrame, split: str, xlabel: str, counted: str) -> Axes:
    axes = drawn.add_subplot()
    axes.set(xlabel=xlabel, title=split_title(split), yticks=[])
    axes.spines["left"].set_visible(False)
    if inside.empty:
        say_not_estimable(axes, "no case")
        return axes
    names: list[str] = []
    headings: list[int] = []
    for variable, rows in inside.groupby("variable", sort=False):
        if variable != OVERALL:
            headings.append(len(names))
            _beside(axes, len(names), _interaction(rows.iloc[0]), GREY)
            names.append(drawable(str(variable)))
        for row in rows.to_dict("records"):
            _mark(axes, row, len(names))
            names.append(drawable(f"{row['level']}   {row[counted]} / {row['n']}"))
    whole = inside[inside["variable"] == OVERALL]["estimate"]
    if whole.notna().any():
        axes.axvline(float(whole.iloc[0]), color=GREY, linewidth=0.7, linestyle=":", zorder=0)
    axes.set_ylim(len(names) - 0.4, -0.8)
    axes.set_yticks(range(len(names)), names, size=6.5, parse_math=False)
    axes.tick_params(axis="y", length=0)
    for place in headings:
        axes.get_yticklabels()[place].set_fontweight("bold")
    axes.set_title(f"{split_title(split)}\n", loc="left")
    axes.text(-0.03, 1.01, f"{counted} / n", transform=axes.transAxes, ha="right", size=6.5, color=GREY)
    return axes


def _mark(axes: Axes, row: dict[Any, Any], line: int) -> None:
    if np.isnan(row["estimate"]):
        _beside(axes, line, row["reason"], GREY)
        return
    bounds = ""
    if not np.isnan(row["lower"]):
        axes.plot([row["lower"], row["upper"]], [line, line], color=INK, linewidth=0.9)
        bounds = f" ({row['lower']:.2f} to {row['upper']:.2f})"
    axes.plot(row["estimate"], line, "s", color=BLUE, markersize=3.5)
    _beside(axes, line, f"{row['estimate']:.2f}{bounds}", INK)


def _beside(axes: Axes, line: int, words: str, colour: str) -> None:
    axes.text(1.03, line, words, transform=axes.get_yaxis_transform(), va="center", size=6.5, color=colour)


def _interaction(row: pd.Series) -> str:
    p = row["p_interaction"]
    return "" if np.isnan(p) else f"interaction P {_p(p)}"


def _p(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"= {value:.3f}"
