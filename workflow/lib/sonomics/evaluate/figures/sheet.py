"""Which figures an evaluation has, and how they are laid down: an SVG a kind and split, all as pages of one PDF."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from sonomics.core.jobs import progress
from sonomics.evaluate.figures import curves as figures
from sonomics.evaluate.figures import forest
from sonomics.evaluate.figures.readers import draw_reader_plates
from sonomics.evaluate.figures.serial_exams import draw_serial_plates
from sonomics.evaluate.figures.style import draw_plate, open_pdf

Draw = Callable[[Figure, str], None]


def kinds_of(tables: Mapping[str, pd.DataFrame], primary: str) -> dict[str, tuple[float, Draw]]:
    """Say how every kind of figure that the tables allow is drawn: its height in millimetres, and the drawing."""
    curves = ("calibration", "decision")
    calibration, decision = (tables[name][tables[name]["model"] == primary] for name in curves)
    kinds: dict[str, tuple[float, Draw]] = {
        "roc": (91, lambda drawn, split: figures.draw_roc(drawn, tables["roc"], tables["performance"], split)),
        "calibration": (91, lambda drawn, split: figures.draw_calibration(drawn, calibration, split)),
        "decision": (72, lambda drawn, split: figures.draw_decision(drawn, decision, split)),
        "subgroups": (
            forest.forest_height(tables["subgroups"]),
            lambda drawn, split: forest.draw_area_forest(drawn, tables["subgroups"], split),
        ),
    }
    if "kaplan_meier" in tables:
        kinds |= _follow_up(tables)
    if "treatment" in tables:
        kept = (tables["treatment_curves"], tables["treatment"])
        kinds["treatment"] = (72, lambda drawn, split: forest.draw_treatment(drawn, *kept, split))
    return kinds


def draw(folder: Path, tables: Mapping[str, pd.DataFrame], primary: str, simulated: bool) -> None:
    """Draw the figures of every split into a folder: an SVG each, and all of them as pages of figures.pdf."""
    kinds = kinds_of(tables, primary)
    plates = [(kind, split) for kind in kinds for split in tables["splits"]["split"]]
    with open_pdf(folder / "figures.pdf") as pages:
        for kind, split in progress(plates, "figures"):
            height, draw_split = kinds[kind]
            draw_plate(folder / f"{kind}_{split}.svg", pages, height, simulated, partial(_draw, draw_split, split))
        draw_reader_plates(folder, pages, tables, primary, simulated)
        draw_serial_plates(folder, pages, tables, simulated)


def _draw(draw_split: Draw, split: str, drawn: Figure) -> None:
    draw_split(drawn, split)


def _follow_up(tables: Mapping[str, pd.DataFrame]) -> dict[str, tuple[float, Draw]]:
    curves = tables["kaplan_meier"]
    groups = {row["split"]: pd.Series(row) for row in tables["risk_groups"].to_dict("records")}
    decision, hazards = tables["survival_decision"], tables["hazard_subgroups"]
    return {
        "kaplan_meier": (
            84,
            lambda drawn, split: figures.draw_kaplan_meier(drawn, curves, groups[split], split),
        ),
        "survival_decision": (72, lambda drawn, split: figures.draw_survival_decision(drawn, decision, split)),
        "hazard_subgroups": (
            forest.forest_height(hazards),
            lambda drawn, split: forest.draw_hazard_forest(drawn, hazards, split),
        ),
    }
