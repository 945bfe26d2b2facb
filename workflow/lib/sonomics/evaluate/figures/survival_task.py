"""Figures of a survival task: calibration and net benefit of its probabilities at its horizons."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonomics.evaluate.figures.panel import Panel, panels_of_splits
from sonomics.evaluate.figures.style import DASHES, FAINT, GREY, PALETTE, set_unit_square, write_not_estimable
from sonomics.evaluate.samples.splits import split_title

MARKERS = "osD^v"
NOT_FOLLOWED = "no probability, or follow-up\nends before the horizon"


def survival_task_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of the primary model of a survival task."""
    calibration = partial(draw_horizon_calibration, groups=tables["task_calibration"])
    decision = partial(draw_horizon_decision, decision=tables["task_decision"])
    return [
        *panels_of_splits(tables, "horizon_calibration", 91, calibration),
        *panels_of_splits(tables, "horizon_decision", 72, decision),
    ]


def draw_horizon_calibration(figure: Figure, groups: pd.DataFrame, split: str) -> None:
    """Draw the Kaplan-Meier risk of fifths of the predicted risk against the prediction, at every horizon."""
    in_split = groups[(groups["split"] == split) & groups["observed"].notna()]
    axes = figure.add_subplot()
    set_unit_square(axes, "Predicted risk", "Observed risk (Kaplan-Meier)", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, label="ideal", zorder=1)
    if in_split.empty:
        write_not_estimable(axes, NOT_FOLLOWED)
        return
    for rank, (horizon, of_horizon) in enumerate(in_split.groupby("horizon")):
        predicted, observed = of_horizon["predicted"].to_numpy(), of_horizon["observed"].to_numpy()
        error = np.abs(of_horizon[["lower", "upper"]].to_numpy().T - observed)
        style: dict[str, Any] = {"color": PALETTE[rank % len(PALETTE)], "linewidth": 0.9, "markersize": 3.5}
        label = f"{horizon:g} months, fifths"
        axes.errorbar(predicted, observed, yerr=np.nan_to_num(error), fmt=MARKERS[rank % 5], label=label, **style)
    axes.legend(loc="lower right")


def draw_horizon_decision(figure: Figure, decision: pd.DataFrame, split: str) -> None:
    """Draw the net benefit, with its band, of treating by the risk at every horizon."""
    in_split = decision[decision["split"] == split]
    axes = figure.add_subplot()
    axes.set(xlabel="Threshold probability", ylabel="Net benefit", title=split_title(split))
    if in_split.empty:
        write_not_estimable(axes, NOT_FOLLOWED)
        return
    for rank, (horizon, curve) in enumerate(in_split.groupby("horizon")):
        colour, words = PALETTE[rank % len(PALETTE)], f"{horizon:g} months"
        axes.fill_between(curve["threshold"], curve["lower"], curve["upper"], color=colour, alpha=0.13, linewidth=0)
        axes.plot(curve["threshold"], curve["net_benefit"], color=colour, label=f"model, {words}")
        style: dict[str, Any] = {"color": colour, "linestyle": DASHES[1], "linewidth": 0.9}
        axes.plot(curve["threshold"], curve["treat_all"], label=f"treat all, {words}", **style)
    axes.axhline(0, color=GREY, linewidth=0.9, linestyle=DASHES[2], label="treat none")
    top = max(0.1, float(in_split[["net_benefit", "upper", "treat_all"]].max().max()))
    axes.set_ylim(-0.25 * top, 1.3 * top)
    axes.legend(loc="upper right", ncols=2, fontsize=6)
