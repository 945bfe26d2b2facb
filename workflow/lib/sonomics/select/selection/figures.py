"""Figures of a selection: features left by each step, cross-validation curve, coefficient paths, frequencies."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.svg import FAINT, GREY, PALETTE, WIDTH, Axes, Drawing, bars
from sonomics.select.steps.penalised import INTERCEPT

SHOWN = 15
LONGEST = 34
HEIGHT = 150.0


def draw_steps(steps: Sequence[Mapping[str, Any]]) -> str:
    """Draw how many features there were before the first step, and how many each step left."""
    rows = [("all", float(steps[0]["in"])), *((str(step["step"]), float(step["out"])) for step in steps)]
    return bars([(name, left, f"{left:.0f}") for name, left in rows], max(left for _, left in rows), 60).svg()


def draw_curve(curve: pd.DataFrame) -> str:
    """Draw the cross-validated deviance against the penalty, with its standard error and both chosen penalties."""
    if curve.empty:
        return _draw_nothing()
    at = np.log10(curve["penalty"].to_numpy())
    low, high = curve["deviance"] - curve["standard_error"], curve["deviance"] + curve["standard_error"]
    axes = Axes(Drawing(WIDTH, HEIGHT), (at.min(), at.max()), (float(low.min()), float(high.max())))
    axes.frame("log10 of the penalty", "Deviance a case")
    for x, bottom, top, mean in zip(at, low, high, curve["deviance"], strict=True):
        axes.curve([x, x], [bottom, top], FAINT, 0.8)
        axes.drawing.dot(*axes.at(x, mean), PALETTE[1])
    _mark_chosen(axes, curve)
    return axes.drawing.svg()


def draw_paths(path: pd.DataFrame, curve: pd.DataFrame, kept: Sequence[str]) -> str:
    """Draw every feature's coefficient against the penalty; those kept are in colour."""
    coefficients = path[path["feature"] != INTERCEPT]
    if coefficients.empty:
        return _draw_nothing()
    wide = coefficients.pivot(index="penalty", columns="feature", values="coefficient")
    wide = wide.reindex(np.sort(curve["penalty"].to_numpy())).fillna(0.0)
    at = np.log10(wide.index.to_numpy())
    axes = Axes(Drawing(WIDTH, HEIGHT), (at.min(), at.max()), (float(wide.min().min()), float(wide.max().max())))
    axes.frame("log10 of the penalty", "Coefficient")
    axes.curve([at.min(), at.max()], [0, 0], FAINT, 0.6)
    colours = {name: PALETTE[number % len(PALETTE)] for number, name in enumerate(kept)}
    for name in sorted(wide, key=lambda name: name in colours):
        axes.curve(list(at), list(wide[name]), colours.get(str(name), GREY), 1.1 if name in colours else 0.4)
    _mark_chosen(axes, curve)
    return axes.drawing.svg()


def draw_frequencies(frequencies: pd.DataFrame) -> str:
    """Draw how often each of the commonest features was kept: in the resamples, or without them in the folds."""
    column = "resamples" if frequencies["resamples"].notna().any() else "folds"
    first = frequencies.head(SHOWN)
    if first.empty:
        return _draw_nothing()
    shares = zip(first["feature"], first[column], strict=True)
    return bars([(_shorten(name), share, f"{100 * share:.0f} %") for name, share in shares], 1.0, 148).svg()


def _shorten(name: str) -> str:
    """Cut the middle out of a long name."""
    return name if len(name) <= LONGEST else f"{name[: LONGEST // 2]}…{name[-LONGEST // 2 + 1 :]}"


def _mark_chosen(axes: Axes, curve: pd.DataFrame) -> None:
    for penalty, rule in curve.loc[curve["rule"] != "", ["penalty", "rule"]].itertuples(index=False):
        axes.mark(math.log10(penalty), rule)


def _draw_nothing() -> str:
    drawing = Drawing(WIDTH, 30)
    drawing.text(WIDTH / 2, 18, "nothing to show", "middle", GREY)
    return drawing.svg()
