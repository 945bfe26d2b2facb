"""Figures of several classes: ROC curves against the rest and of pairs, calibration of each class, confusion."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sonomics.evaluate.accuracy.curves import GROUPED, SMOOTHED
from sonomics.evaluate.figures.panel import Panel, panels_of_splits
from sonomics.evaluate.figures.style import (
    BLUE,
    DASHES,
    FAINT,
    INK,
    PALETTE,
    VERMILION,
    replace_missing_glyphs,
    set_unit_square,
    write_not_estimable,
)
from sonomics.evaluate.samples.splits import split_title
from sonomics.statistics.resampling.class_auc_bootstrap import CONDITIONAL, PAIR, REST

# More curves than this cannot be told apart; pairs are then a matrix of their areas.
MOST_CURVES = 6
COLUMNS = 3
TILE, HEAD = 30.0, 16.0  # millimetres


def class_panels(tables: Mapping[str, pd.DataFrame], primary: str) -> list[Panel]:
    """List the figures of the primary model of a task of several classes."""
    names = ("task_aucs", "task_roc", "task_calibration_curves", "task_confusion")
    areas, curves, calibration, confusion = (tables[name][tables[name]["model"] == primary] for name in names)
    count = max(1, confusion["true"].nunique())
    tiles, side = -(-count // COLUMNS), 34 + 10 * min(count, 9)
    roc = partial(draw_class_roc, curves=curves, areas=areas)
    return [
        *panels_of_splits(tables, "class_roc", 91 + 3.2 * max(0, count - MOST_CURVES), roc),
        *panels_of_splits(tables, "pair_roc", 91, partial(draw_pairs, curves=curves, areas=areas)),
        *panels_of_splits(tables, "class_calibration", HEAD + TILE * tiles, partial(draw_tiles, table=calibration)),
        *panels_of_splits(tables, "confusion", side, partial(draw_confusion, confusion=confusion)),
    ]


def draw_class_roc(figure: Figure, curves: pd.DataFrame, areas: pd.DataFrame, split: str) -> None:
    """Draw the ROC curve of every class against the rest."""
    axes = _open_roc(figure, split)
    found = _in(areas, split, REST).set_index("first")["estimate"]
    for rank, (name, curve) in enumerate(_in(curves, split, REST).groupby("first", sort=False)):
        _draw_roc(axes, curve, rank, f"{name}  {found[name]:.2f}")
    _finish(axes, "AUC, each class against the rest")


def draw_pairs(figure: Figure, curves: pd.DataFrame, areas: pd.DataFrame, split: str) -> None:
    """Draw the ROC curve of every pair of classes or, of many pairs, the matrix of their areas."""
    of_pairs, found = _in(curves, split, PAIR), _in(areas, split, CONDITIONAL)
    if len(found) > MOST_CURVES:
        _draw_matrix(figure, found, split)
        return
    axes = _open_roc(figure, split)
    for rank, row in enumerate(found.to_dict("records")):
        curve = of_pairs[(of_pairs["first"] == row["first"]) & (of_pairs["second"] == row["second"])]
        if len(curve):
            _draw_roc(axes, curve, rank, f"{row['first']}, not {row['second']}  {row['estimate']:.2f}")
    _finish(axes, "AUC of pairs of classes")


def draw_tiles(figure: Figure, table: pd.DataFrame, split: str) -> None:
    """Draw the observed share of each class against its predicted probability, one small square per class."""
    in_split = table[table["split"] == split]
    figure.suptitle(split_title(split), x=0.01, ha="left", size=8, weight="bold")
    names = list(dict.fromkeys(in_split["class"]))
    if not names:
        write_not_estimable(figure.add_subplot(), "no case")
        return
    for place, name in enumerate(names):
        axes = figure.add_subplot(-(-len(names) // COLUMNS), min(COLUMNS, len(names)), place + 1)
        _draw_tile(axes, in_split[in_split["class"] == name])
        axes.set_title(replace_missing_glyphs(str(name)), size=7, fontweight="normal")
    figure.supxlabel("Predicted probability", size=7)
    figure.supylabel("Observed share", size=7)


def draw_confusion(figure: Figure, confusion: pd.DataFrame, split: str) -> None:
    """Draw the counts of true and decided classes, shaded and labelled by the share of the true class."""
    in_split = confusion[confusion["split"] == split]
    axes = figure.add_subplot()
    axes.set(xlabel="Decided", ylabel="True", title=split_title(split))
    if in_split.empty:
        write_not_estimable(axes, "no case")
        return
    names = list(dict.fromkeys(in_split["true"]))
    wide = in_split.pivot(index="true", columns="decided", values="count").reindex(index=names, columns=names)
    counts = wide.to_numpy()
    sizes = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, sizes, out=np.zeros(counts.shape), where=sizes > 0)
    labels = [
        [f"{count}\n{100 * share:.0f} %" if size else "0" for count, share in zip(*row, strict=True)]
        for row, size in zip(zip(counts, shares, strict=True), sizes[:, 0], strict=True)
    ]
    _draw_squares(axes, shares, labels, names)


def _in(table: pd.DataFrame, split: str, measure: str) -> pd.DataFrame:
    return table[(table["split"] == split) & (table["measure"] == measure)]


def _open_roc(figure: Figure, split: str) -> Axes:
    axes = figure.add_subplot()
    set_unit_square(axes, "1 - specificity", "Sensitivity", split_title(split))
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, zorder=1)
    return axes


def _draw_roc(axes: Axes, curve: pd.DataFrame, rank: int, label: str) -> None:
    dash = DASHES[(rank // len(PALETTE) + rank) % len(DASHES)]
    style: dict[str, Any] = {"color": PALETTE[rank % len(PALETTE)], "linestyle": dash, "linewidth": 1.2}
    axes.plot(curve["fpr"], curve["tpr"], label=replace_missing_glyphs(label), **style)


def _finish(axes: Axes, title: str) -> None:
    if axes.get_legend_handles_labels()[0]:
        axes.legend(title=title, title_fontsize=6.5, fontsize=6.5, loc="lower right")
    else:
        write_not_estimable(axes, "fewer than two classes")


def _draw_tile(axes: Axes, of_class: pd.DataFrame) -> None:
    grouped, smoothed = (of_class[of_class["kind"] == kind] for kind in (GROUPED, SMOOTHED))
    axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    axes.set_xticks([0, 0.5, 1], ["0", "0.5", "1"], size=6)
    axes.set_yticks([0, 0.5, 1], ["0", "0.5", "1"], size=6)
    axes.plot([0, 1], [0, 1], color=FAINT, linewidth=0.8, zorder=1)
    axes.fill_between(smoothed["predicted"], smoothed["lower"], smoothed["upper"], color=BLUE, alpha=0.15, linewidth=0)
    axes.plot(smoothed["predicted"], smoothed["observed"], color=BLUE, linewidth=1.1)
    error = np.abs(grouped[["lower", "upper"]].to_numpy().T - grouped["observed"].to_numpy())
    bars: dict[str, Any] = {"fmt": "o", "color": VERMILION, "markersize": 2.5, "linewidth": 0.8, "capsize": 0}
    axes.errorbar(grouped["predicted"], grouped["observed"], yerr=error, **bars)


def _draw_matrix(figure: Figure, areas: pd.DataFrame, split: str) -> None:
    axes = figure.add_subplot()
    axes.set(title=split_title(split))
    names = list(dict.fromkeys([*areas["first"], *areas["second"]]))
    values = np.full((len(names), len(names)), np.nan)
    for row in areas.to_dict("records"):
        values[names.index(row["second"]), names.index(row["first"])] = row["estimate"]
    labels = [["" if np.isnan(value) else f"{value:.2f}" for value in row] for row in values]
    _draw_squares(axes, np.clip(2 * np.nan_to_num(values, nan=0.5) - 1, 0, 1), labels, names)
    axes.set_xlabel("AUC of pairs of classes")


def _draw_squares(axes: Axes, shades: np.ndarray, labels: list[list[str]], names: list[str]) -> None:
    """Draw a matrix shaded from 0 (white) to 1, with a label in every square."""
    axes.imshow(shades, cmap="Blues", vmin=0, vmax=1.25, aspect="auto")
    words = [replace_missing_glyphs(str(name)) for name in names]
    axes.set_xticks(range(len(names)), words, size=6.5, rotation=0 if len(names) < 5 else 40, parse_math=False)
    axes.set_yticks(range(len(names)), words, size=6.5, parse_math=False)
    axes.tick_params(length=0)
    size = 6.5 if len(names) < 6 else 5
    for place, label in np.ndenumerate(np.array(labels, dtype=object)):
        colour = "white" if shades[place] > 0.7 else INK
        axes.text(place[1], place[0], label, ha="center", va="center", size=size, color=colour)
