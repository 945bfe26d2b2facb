"""Figures of a treatment: survival of treated and untreated cases in each risk group."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sonomics.evaluate.figures.panel import Panel, panels_of_splits
from sonomics.evaluate.figures.style import BLUE, DASHES, GREY, VERMILION, write_not_estimable
from sonomics.evaluate.samples.splits import split_title
from sonomics.evaluate.survival.risk_groups import HIGH, LOW
from sonomics.evaluate.survival.treatment import INTERACTION, TREATED, UNTREATED

TREATMENTS = {TREATED: (VERMILION, DASHES[0]), UNTREATED: (BLUE, DASHES[1])}


def treatment_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of the treatment."""
    draw = partial(draw_treatment, curves=tables["treatment_curves"], table=tables["treatment"])
    return panels_of_splits(tables, "treatment", 72, draw)


def draw_treatment(figure: Figure, curves: pd.DataFrame, table: pd.DataFrame, split: str) -> None:
    """Draw event-free survival of treated and untreated cases of one split, with one pair of axes per risk group."""
    in_split = curves[curves["split"] == split]
    rows = table[table["split"] == split].set_index("group").to_dict("index")
    pair = figure.subplots(1, 2, sharey=True)
    figure.suptitle(split_title(split), x=0.01, ha="left", size=8, weight="bold")
    for axes, group in zip(pair, (HIGH, LOW), strict=True):
        axes.set(ylim=(0, 1.02), xlabel="Months", title=f"{group} risk")
        axes.title.set_fontweight("normal")
        of_group = in_split[in_split["group"] == group]
        for name, (colour, dash) in TREATMENTS.items():
            curve = of_group[of_group["treatment"] == name]
            if len(curve):
                label = f"{name} (n = {curve['at_risk'].iloc[0]})"
                axes.step(curve["time"], curve["survival"], where="post", color=colour, linestyle=dash, label=label)
        if of_group.empty:
            write_not_estimable(axes, "no case")
        else:
            axes.legend(loc="best", fontsize=6, title=_describe_ratio(rows[group]), title_fontsize=6)
    pair[0].set_ylabel("Event-free share")
    words = _describe_interaction(rows[INTERACTION])
    figure.supxlabel(f"{words}; an association, not an effect", x=0.01, ha="left", size=6.5, color=GREY)


def _describe_ratio(row: dict[Any, Any]) -> str:
    if np.isnan(row["hr"]):
        return f"HR: {row['reason']}"
    return f"HR {row['hr']:.2f} ({row['lower']:.2f} to {row['upper']:.2f})"


def _describe_interaction(row: dict[Any, Any]) -> str:
    if np.isnan(row["p"]):
        return str(row["reason"])
    return f"P of the interaction {'< 0.001' if row['p'] < 0.001 else format(row['p'], '.3f')}"
