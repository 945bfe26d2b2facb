"""The figures of one split, drawn from the tables that stand beside them."""

import math
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonomics.evaluate.accuracy.curves import GROUPED, SMOOTHED
from sonomics.evaluate.figures.style import (
    BLUE,
    DASHES,
    FAINT,
    GREY,
    PALETTE,
    VERMILLION,
    say_not_estimable,
    unit_square,
)
from sonomics.evaluate.samples.cases import BEST_POSSIBLE, split_title
from sonomics.evaluate.survival.risk_groups import HIGH, LOW

GROUP_COLOURS = {HIGH: VERMILLION, LOW: BLUE}


def draw_roc(drawn: Figure, roc: pd.DataFrame, performance: pd.DataFrame, split: str) -> None:
    """Draw the ROC curves of all models in one split, with the operating point of each frozen threshold."""
    axes = drawn.add_subplot()
    unit_square(axes, "1 - specificity", "Sensitivity", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, zorder=1)
    inside = performance[performance["split"] == split]
    for rank, (model, rows) in enumerate(inside.groupby("model", sort=False)):
        curve = roc[(roc["split"] == split) & (roc["model"] == model)]
        value = rows.set_index("statistic")["estimate"]
        colour, dash = PALETTE[rank % len(PALETTE)], DASHES[rank % len(DASHES)]
        label = f"{model}  {value['auc']:.2f}" if len(curve) else f"{model}  not estimable"
        line: dict[str, Any] = {"color": colour, "linestyle": dash, "label": label, "zorder": 9 - rank}
        axes.plot(curve["fpr"], curve["tpr"], linewidth=1.9 if rank == 0 else 1.1, **line)
        point = (1 - value["specificity"], value["sensitivity"])
        axes.plot(*point, "o", color=colour, markersize=4, markeredgecolor="white", markeredgewidth=0.6, zorder=10)
    best = roc[(roc["split"] == split) & (roc["model"] == BEST_POSSIBLE)]
    if len(best):
        area = np.trapezoid(best["tpr"], best["fpr"])
        axes.plot(best["fpr"], best["tpr"], color=GREY, linewidth=0.9, linestyle=":", label=f"planted risk  {area:.2f}")
    if roc[roc["split"] == split].empty:
        say_not_estimable(axes, "only one class")
    else:
        axes.legend(title="AUC (dots: frozen thresholds)", title_fontsize=7, loc="lower right")


def draw_calibration(drawn: Figure, calibration: pd.DataFrame, split: str) -> None:
    """Draw observed against predicted risk of one model in one split: fifths of the prediction, and loess."""
    inside = calibration[calibration["split"] == split]
    grouped, smoothed = (inside[inside["kind"] == kind] for kind in (GROUPED, SMOOTHED))
    axes = drawn.add_subplot()
    unit_square(axes, "Predicted probability", "Observed share", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, label="ideal", zorder=1)
    if grouped.empty:
        say_not_estimable(axes, "no case")
        return
    axes.fill_between(smoothed["predicted"], smoothed["lower"], smoothed["upper"], color=BLUE, alpha=0.15, linewidth=0)
    if len(smoothed):
        axes.plot(smoothed["predicted"], smoothed["observed"], color=BLUE, label="loess")
    error = np.abs(grouped[["lower", "upper"]].to_numpy().T - grouped["observed"].to_numpy())
    bars: dict[str, Any] = {"fmt": "o", "color": VERMILLION, "markersize": 3.5, "linewidth": 0.9, "capsize": 0}
    axes.errorbar(grouped["predicted"], grouped["observed"], yerr=error, label="fifths of the prediction", **bars)
    axes.legend(loc="lower right")


def draw_decision(drawn: Figure, decision: pd.DataFrame, split: str) -> None:
    """Draw the net benefit of one model in one split, beside treating all and none."""
    inside = decision[decision["split"] == split]
    axes = drawn.add_subplot()
    axes.set(xlabel="Threshold probability", ylabel="Net benefit", title=split_title(split))
    if inside.empty:
        say_not_estimable(axes, "no case")
        return
    axes.fill_between(inside["threshold"], inside["lower"], inside["upper"], color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(inside["threshold"], inside["net_benefit"], color=BLUE, label="model")
    axes.plot(inside["threshold"], inside["treat_all"], color=VERMILLION, linestyle=DASHES[1], label="treat all")
    axes.axhline(0, color=GREY, linewidth=0.9, linestyle=DASHES[2], label="treat none")
    top = max(0.1, float(inside[["net_benefit", "upper", "treat_all"]].max().max()))
    axes.set_ylim(-0.25 * top, 1.08 * top)
    axes.legend(loc="upper right")


def draw_survival_decision(drawn: Figure, decision: pd.DataFrame, split: str) -> None:
    """Draw the net benefit of treating by the risk of an event by each horizon, in one split, censoring accounted."""
    inside = decision[decision["split"] == split]
    axes = drawn.add_subplot()
    axes.set(xlabel="Threshold probability", ylabel="Net benefit", title=split_title(split))
    if inside.empty:
        say_not_estimable(axes, "follow-up ends before the horizon")
        return
    for rank, (horizon, curve) in enumerate(inside.groupby("horizon")):
        colour, words = PALETTE[rank % len(PALETTE)], f"{horizon:g} months"
        axes.plot(curve["threshold"], curve["net_benefit"], color=colour, label=f"model, {words}")
        every: dict[str, Any] = {"color": colour, "linestyle": DASHES[1], "linewidth": 0.9}
        axes.plot(curve["threshold"], curve["treat_all"], label=f"treat all, {words}", **every)
    axes.axhline(0, color=GREY, linewidth=0.9, linestyle=DASHES[2], label="treat none")
    top = max(0.1, float(inside[["net_benefit", "treat_all"]].max().max()))
    axes.set_ylim(-0.25 * top, 1.3 * top)
    axes.legend(loc="upper right", ncols=2, fontsize=6)


def draw_kaplan_meier(drawn: Figure, curves: pd.DataFrame, comparison: pd.Series, split: str) -> None:
    """Draw event-free survival of the two risk groups of one split, with the numbers at risk below."""
    inside = curves[curves["split"] == split]
    axes, below = drawn.subplots(2, 1, height_ratios=[5, 1], sharex=True)
    axes.set(ylim=(0, 1.02), ylabel="Event-free share", title=split_title(split))
    axes.tick_params(labelbottom=True)
    axes.set_xlabel("Months")
    below.set_axis_off()
    if inside.empty:
        say_not_estimable(axes, "no follow-up or no threshold")
        return
    ticks = _month_ticks(float(inside["time"].max()))
    axes.set_xlim(0, ticks[-1])
    axes.set_xticks(ticks)
    for row, group in enumerate((HIGH, LOW)):
        curve = inside[inside["group"] == group]
        if len(curve):
            _curve_of_group(axes, below, curve, group, row, ticks)
    below.text(0, 1.3, "Number at risk", transform=below.transAxes, size=7, color=GREY, va="center")
    axes.legend(loc="lower left")
    axes.text(0.98, 0.98, _stated(comparison), transform=axes.transAxes, ha="right", va="top", size=7)


def _curve_of_group(axes: Axes, below: Axes, curve: pd.DataFrame, group: str, row: int, ticks: list[float]) -> None:
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


def _stated(comparison: pd.Series) -> str:
    if np.isnan(comparison["hr"]):
        return f"hazard ratio not estimable\n({comparison['reason']})"
    ratio = f"HR {comparison['hr']:.1f} ({comparison['lower']:.1f} to {comparison['upper']:.1f})"
    p = comparison["p_logrank"]
    return f"{ratio}\nlog-rank P {'< 0.001' if p < 0.001 else f'= {p:.3f}'}"
