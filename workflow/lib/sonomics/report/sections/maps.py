"""Where the networks looked: how their heat meets the outlines, and the maps of the shown cases."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from sonomics.core.images import read_grey, read_mask
from sonomics.core.jobs import progress
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_interval
from sonomics.report.elements.pictures import Picture, draw_heat, encode_as_link
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.flow_of_cases import spell_reason

MEASURES = {"dice": "Dice of the hot region and the outline", "heat_inside": "Share of the heat inside the outline"}

# Whose score the heat raised, of tasks that have no positive label.
EXPLAINED = {
    "classes": "It is for the class that the network found most probable; of ordered classes, for later ones.",
    "survival": "It is for an early event.",
}


def build_maps_section(maps: pd.DataFrame, evaluation: Evaluation) -> Section | None:
    """Build the section on the maps of one task, with one row per network and set; None when no network drew any.

    Parameters
    ----------
    maps : DataFrame
        Schema MAPS, of the main run.
    evaluation : Evaluation
        Of the main run.
    """
    of_task = maps[maps["task"] == evaluation.task]
    if of_task.empty:
        return None
    rows = []
    for model, of_model in of_task.groupby("model"):
        for split, title in evaluation.splits.items():
            table = of_model[of_model["split"] == split]
            drawn = table[table["file"] != ""]
            reasons = table.loc[table["file"] == "", "reason"].map(spell_reason).value_counts().sort_index()
            without = ", ".join(f"{count} without: {reason}" for reason, count in reasons.items())
            quartiles = [_show_quartiles(drawn[name]) for name in MEASURES]
            rows.append([Cell(f"{model}, {title}"), Cell(f"{len(drawn):,}", without), *quartiles])
    description = (
        "Heat shows which parts of a crop raised the score of a network (Grad-CAM); the maps are shown with the cases, "
        "and a warmer tint is hotter. Training images are shown by the network that was fitted without their patient. "
        "Heat shows where a network looked, not why."
    )
    if not evaluation.is_binary:
        description += f" {EXPLAINED['classes' if evaluation.has_classes else 'survival']}"
    caption = "Heat of the networks compared with the outlines"
    columns = ["Network and set", "Maps", *MEASURES.values()]
    shown = Table(caption, columns, rows, "Median and quartiles over the maps.")
    return Section("maps", "Where the networks looked", [description], [shown])


def draw_heat_pictures(maps: pd.DataFrame, cases: Collection[str]) -> dict[str, list[Picture]]:
    """Draw the maps of some cases over their crops; a case without a map is left out."""
    drawn = maps[(maps["file"] != "") & maps["case"].isin(cases)].sort_values(["case", "task", "model", "view"])
    pictures: dict[str, list[Picture]] = {}
    for row in progress(drawn.to_dict("records"), "maps"):
        crop, mask, heat = (Path(row[name]) for name in ("crop", "mask", "file"))
        pixels = draw_heat(read_grey(crop), read_mask(mask), read_grey(heat))
        picture = Picture(f"{row['view']}, heat of {row['model']}", encode_as_link(pixels))
        pictures.setdefault(row["case"], []).append(picture)
    return pictures


def _show_quartiles(values: pd.Series) -> Cell:
    if not values.notna().any():
        return Cell(NOT_ESTIMABLE, "no map")
    lower, median, upper = values.quantile([0.25, 0.5, 0.75])
    return Cell(format_decimal(median), format_interval(lower, upper))
