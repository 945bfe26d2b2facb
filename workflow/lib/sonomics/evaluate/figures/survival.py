"""Figures of the time to the event: Kaplan-Meier curves of the risk groups, and decision curves at horizons."""

import math
from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonomics.evaluate.figures.panel import Panel, panels_of_splits
from sonomics.evaluate.figures.style import BLUE, DASHES, GREY, PALETTE, VERMILION, write_not_estimable
from sonomics.evaluate.samples.splits import split_title
from sonomics.evaluate.survival.risk_groups import HIGH, LOW

GROUP_COLOURS = {HIGH: VERMILION, LOW: BLUE}


def survival_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of the time to the event."""
    kaplan_meier = partial(draw_kaplan_meier, curves=tables["kaplan_meier"], comparisons=tables["risk_groups"])
    decision = partial(draw_survival_decision, decision=tables["survival_decision"])
    return [
        *panels_of_splits(tables, "kaplan_meier", 84, kaplan_meier),
        *panels_of_splits(tables, "survival_decision", 72, decision),
    ]


def draw_kaplan_meier(figure: Figure, curves: pd.DataFrame, comparisons: pd.DataFrame, split: str) -> None:
    """Draw event-free survival of the two risk groups of one split, with the numbers at risk below."""
    in_split = curves[curves["split"] == split]
    axes, below = figure.subplots(2, 1, height_ratios=[5, 1], sharex=True)
    axes.set(ylim=(0, 1.02), ylabel="Event-free share", title=split_title(split))
    axes.tick_params(labelbottom=True)
    axes.set_xlabel("Months")
    below.set_axis_off()
    if in_split.empty:
        write_not_estimable(axes, "no follow-up or no threshold")
        return
    ticks = _month_ticks(float(in_split["time"].max()))
    axes.set_xlim(0, ticks[-1])
    axes.set_xticks(ticks)
    for row, group in enumerate((HIGH, LOW)):
        curve = in_split[in_split["group"] == group]
        if len(curve):
            _draw_curve(axes, below, curve, group, row, ticks)
    below.text(0, 1.3, "Number at risk", transform=below.transAxes, size=7, color=GREY, va="center")
    axes.legend(loc="lower left")
    comparison = comparisons[comparisons["split"] == split].iloc[0]
    axes.text(0.98, 0.98, _describe(comparison), transform=axes.transAxes, ha="right", va="top", size=7)


def _draw_curve(axes: Axes, below: Axes, curve: pd.DataFrame, group: str, row: int, ticks: list[float]) -> None:
    colour = GROUP_COLOURS[group]
    time, survival = curve["time"].to_numpy(), curve["survival"].to_numpy()
    axes.step(time, survival, where="post", color=colour, label=f"{group} risk", linestyle=DASHES[row])
    axes.fill_between(time, curve["lower"], curve["upper"], step="post", color=colour, alpha=0.12, linewidth=0)
    lost = curve["censored"].to_numpy() > 0
    axes.plot(time[lost], survival[lost], "|", color=colour, markersize=4)
    height = 0.75 - 0.55 * row
    text: dict[str, Any] = {"va": "center", "size": 7, "color": colour}
    below.text(-0.07, height, group, transform=below.get_yaxis_transform(), ha="right", **text)
    at_risk = np.append(curve["at_risk"], 0)[np.searchsorted(time, ticks)]
    for tick, count in zip(ticks, at_risk, strict=True):
        below.text(tick, height, str(count), ha="center", **text)


def _month_ticks(longest: float) -> list[float]:
    step = next((step for step in (3, 6, 12, 24, 60, 120) if longest / step <= 7), 240)
    return [float(tick) for tick in range(0, max(1, math.ceil(longest)) + step, step)]


def _describe(comparison: pd.Series) -> str:
    if np.isnan(comparison["hr"]):
        return f"hazard ratio not estimable\n({comparison['reason']})"
    ratio = f"HR {comparison['hr']:.1f} ({comparison['lower']:.1f} to {comparison['upper']:.1f})"
    p = comparison["p_logrank"]
    return f"{ratio}\nlog-rank P {'< 0.001' if p < 0.001 else f'= {p:.3f}'}"


def draw_survival_decision(figure: Figure, decision: pd.DataFrame, split: str) -> None:
    """Draw the net benefit, censoring accounted for, of treating by the risk of an event by each horizon."""
    in_split = decision[decision["split"] == split]
    axes = figure.add_subplot()
    axes.set(xlabel="Threshold probability", ylabel="Net benefit", title=split_title(split))
    if in_split.empty:
        write_not_estimable(axes, "follow-up ends before the horizon")
        return
    for rank, (horizon, curve) in enumerate(in_split.groupby("horizon")):
        colour, words = PALETTE[rank % len(PALETTE)], f"{horizon:g} months"
        axes.plot(curve["threshold"], curve["net_benefit"], color=colour, label=f"model, {words}")
        style: dict[str, Any] = {"color": colour, "linestyle": DASHES[1], "linewidth": 0.9}
        axes.plot(curve["threshold"], curve["treat_all"], label=f"treat all, {words}", **style)
    axes.axhline(0, color=GREY, linewidth=0.9, linestyle=DASHES[2], label="treat none")
    top = max(0.1, float(in_split[["net_benefit", "treat_all"]].max().max()))
    axes.set_ylim(-0.25 * top, 1.3 * top)
    axes.legend(loc="upper right", ncols=2, fontsize=6)
