"""Figures of accuracy: ROC, calibration and decision curves of one split."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonomics.evaluate.accuracy.curves import GROUPED, SMOOTHED
from sonomics.evaluate.figures.panel import Panel, panels_of_splits
from sonomics.evaluate.figures.style import (
    BLUE,
    DASHES,
    FAINT,
    GREY,
    PALETTE,
    VERMILION,
    set_unit_square,
    write_not_estimable,
)
from sonomics.evaluate.samples.models import BEST_POSSIBLE
from sonomics.evaluate.samples.splits import split_title


def performance_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of accuracy: ROC curves of all models, calibration and decision curve of the primary one."""
    calibration, decision = (tables[name][tables[name]["model"] == primary] for name in ("calibration", "decision"))
    roc = partial(draw_roc, roc=tables["roc"], performance=tables["performance"])
    return [
        *panels_of_splits(tables, "roc", 91, roc),
        *panels_of_splits(tables, "calibration", 91, partial(draw_calibration, calibration=calibration)),
        *panels_of_splits(tables, "decision", 72, partial(draw_decision, decision=decision)),
    ]


def draw_roc(figure: Figure, roc: pd.DataFrame, performance: pd.DataFrame, split: str) -> None:
    """Draw the ROC curves of all models in one split, with the operating point of each frozen threshold."""
    axes = figure.add_subplot()
    set_unit_square(axes, "1 - specificity", "Sensitivity", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, zorder=1)
    in_split = performance[performance["split"] == split]
    for rank, (model, rows) in enumerate(in_split.groupby("model", sort=False)):
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
        axes.plot(
            best["fpr"], best["tpr"], color=GREY, linewidth=0.9, linestyle=":", label=f"simulated risk  {area:.2f}"
        )
    if roc[roc["split"] == split].empty:
        write_not_estimable(axes, "only one class")
    else:
        axes.legend(title="AUC (dots: frozen thresholds)", title_fontsize=7, loc="lower right")


def draw_calibration(figure: Figure, calibration: pd.DataFrame, split: str) -> None:
    """Draw observed against predicted risk of one model in one split: fifths of the prediction, and loess."""
    in_split = calibration[calibration["split"] == split]
    grouped, smoothed = (in_split[in_split["kind"] == kind] for kind in (GROUPED, SMOOTHED))
    axes = figure.add_subplot()
    set_unit_square(axes, "Predicted probability", "Observed share", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, label="ideal", zorder=1)
    if grouped.empty:
        write_not_estimable(axes, "no case")
        return
    axes.fill_between(smoothed["predicted"], smoothed["lower"], smoothed["upper"], color=BLUE, alpha=0.15, linewidth=0)
    if len(smoothed):
        axes.plot(smoothed["predicted"], smoothed["observed"], color=BLUE, label="loess")
    error = np.abs(grouped[["lower", "upper"]].to_numpy().T - grouped["observed"].to_numpy())
    bars: dict[str, Any] = {"fmt": "o", "color": VERMILION, "markersize": 3.5, "linewidth": 0.9, "capsize": 0}
    axes.errorbar(grouped["predicted"], grouped["observed"], yerr=error, label="fifths of the prediction", **bars)
    axes.legend(loc="lower right")


def draw_decision(figure: Figure, decision: pd.DataFrame, split: str) -> None:
    """Draw the net benefit of one model in one split, next to treating all and none."""
    in_split = decision[decision["split"] == split]
    axes = figure.add_subplot()
    axes.set(xlabel="Threshold probability", ylabel="Net benefit", title=split_title(split))
    if in_split.empty:
        write_not_estimable(axes, "no case")
        return
    axes.fill_between(in_split["threshold"], in_split["lower"], in_split["upper"], color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(in_split["threshold"], in_split["net_benefit"], color=BLUE, label="model")
    axes.plot(in_split["threshold"], in_split["treat_all"], color=VERMILION, linestyle=DASHES[1], label="treat all")
    axes.axhline(0, color=GREY, linewidth=0.9, linestyle=DASHES[2], label="treat none")
    top = max(0.1, float(in_split[["net_benefit", "upper", "treat_all"]].max().max()))
    axes.set_ylim(-0.25 * top, 1.08 * top)
    axes.legend(loc="upper right")
