"""Where the networks looked: a table of how well their heat meets the outline, and the maps of the shown cases."""

from collections.abc import Collection
from pathlib import Path

import pandas as pd

from sonomics.core.images import read_grey, read_mask
from sonomics.core.jobs import progress
from sonomics.report.cases.examples import Picture
from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, interval
from sonomics.report.elements.pictures import data_uri, heated
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation
from sonomics.report.study.flow_of_cases import in_words

MEASURES = {"dice": "Dice of the hot region and the outline", "heat_inside": "Share of the heat inside the outline"}


def maps_sections(maps: pd.DataFrame, evaluation: Evaluation) -> list[Section]:
    """Set out how the maps of a task meet the outlines: a row a network and set; nothing when no network drew any.

    Parameters
    ----------
    maps : DataFrame
        Schema MAPS, of the main run.
    evaluation : Evaluation
        Of the main run.
    """
    inside = maps[maps["task"] == evaluation.task]
    if inside.empty:
        return []
    rows = []
    for model, of_model in inside.groupby("model"):
        for split, title in evaluation.splits.items():
            table = of_model[of_model["split"] == split]
            drawn = table[table["file"] != ""]
            reasons = table.loc[table["file"] == "", "reason"].map(in_words).value_counts().sort_index()
            without = ", ".join(f"{count} without: {reason}" for reason, count in reasons.items())
            cells = [_quartiles(drawn[name]) for name in MEASURES]
            rows.append([Cell(f"{model}, {title}"), Cell(f"{len(drawn):,}", without), *cells])
    words = (
        "Heat shows which parts of a crop raised the score of a network (Grad-CAM); the maps stand with the cases, the "
        "warmer the tint the hotter. Training images are shown by the network that was fitted without their patient. "
        "Heat says where a network looked, not why."
    )
    note = "Median and quartiles over the maps."
    caption = "Heat of the networks against the outlines"
    shown = Table(caption, ["Network and set", "Maps", *MEASURES.values()], rows, note)
    return [Section("maps", "Where the networks looked", [words], [shown])]


def heat_pictures(maps: pd.DataFrame, cases: Collection[str]) -> dict[str, list[Picture]]:
    """Draw the maps of some cases over their crops; a case without a map is left out."""
    drawn = maps[(maps["file"] != "") & maps["case"].isin(cases)].sort_values(["case", "task", "model", "view"])
    shown: dict[str, list[Picture]] = {}
    for row in progress(drawn.to_dict("records"), "maps"):
        crop, mask, heat = (Path(row[name]) for name in ("crop", "mask", "file"))
        pixels = heated(read_grey(crop), read_mask(mask), read_grey(heat))
        shown.setdefault(row["case"], []).append(Picture(f"{row['view']}, heat of {row['model']}", data_uri(pixels)))
    return shown


def _quartiles(values: pd.Series) -> Cell:
    if not values.notna().any():
        return Cell(NOT_ESTIMABLE, "no map")
    low, middle, high = values.quantile([0.25, 0.5, 0.75])
    return Cell(decimal(middle), interval(low, high))
