"""How the values of models were searched: what was chosen in each fold, and the measure over the trials."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from markupsafe import Markup

from sonomics.core.folds import ALL
from sonomics.core.schemas import TRIALS
from sonomics.core.svg import GREY, PALETTE, WIDTH, Axes, Drawing
from sonomics.core.tables import read_table
from sonomics.report.elements.figures import Figure
from sonomics.report.elements.numbers import DASH, format_count, format_decimal
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table

FILE = "trials.parquet"
MEASURES = {"auc": "AUC", "log_loss": "Log loss", "c_index": "Harrell's C"}
HEIGHT = 130.0
EDGE = 0.05  # of the range of a measure, free above and below it


def build_search_section(files: Sequence[tuple[str, str, Path]]) -> Section | None:
    """Build the section of a task.

    Parameters
    ----------
    files : sequence of (model, task, path)
        Tables TRIALS; the folder of each is named after its fold.
    """
    if not files:
        return None
    searches: dict[str, dict[str, pd.DataFrame]] = {}
    for model, _, file in files:
        searches.setdefault(model, {})[file.parent.name] = read_table(file, TRIALS)
    task = files[0][1]
    description = (
        "Every search saw the training rows of its fold alone; its measure is the mean over inner folds of these rows, "
        "and flatters the values that it chose. The performance of the models is that of rows that no search saw."
    )
    tables = [tabulate_choices(model, of_folds) for model, of_folds in searches.items()]
    figures = [_gather_figure(model, task, of_folds[ALL]) for model, of_folds in searches.items() if ALL in of_folds]
    return Section("searches", "Values that were searched", [description], tables, figures)


def tabulate_choices(model: str, searches: Mapping[str, pd.DataFrame]) -> Table:
    """Tabulate the chosen values of a model in each fold and on all training cases, with the measure of the trial."""
    first = next(iter(searches.values()))
    parameters, measure = list(dict.fromkeys(first["parameter"])), MEASURES[str(first["measure"].iloc[0])]
    rows = []
    for fold, trials in searches.items():
        chosen = trials[trials["chosen"]].set_index("parameter")
        values = [Cell(_show(chosen["value"].get(name))) for name in parameters]
        mean, sd = float(chosen["mean"].iloc[0]), float(chosen["sd"].iloc[0])
        spread = "" if np.isnan(sd) else f" ({format_decimal(sd, 3)})"
        inner = str(trials["folds"].iloc[0])
        failed = str((trials.drop_duplicates("trial")["state"] == "failed").sum())
        name = "All training cases" if fold == ALL else f"Without fold {fold}"
        rows.append([Cell(name), *values, Cell(f"{format_decimal(mean, 3)}{spread}"), Cell(inner), Cell(failed)])
    columns = ["Fitted on", *parameters, f"{measure} (SD)", "Inner folds", "Failed trials"]
    note = f"The best of {format_count(int(first['trial'].nunique()), 'trial')} each."
    return Table(f"{model}: chosen values", columns, rows, note)


def draw_trials(trials: pd.DataFrame) -> str:
    """Draw the measure of every trial as a dot, and the best until then as a line; failed trials have none."""
    known = trials.drop_duplicates("trial").dropna(subset="mean")
    numbers, means = known["trial"].to_numpy() + 1, known["mean"].to_numpy()
    best = np.minimum.accumulate(means) if known["measure"].iloc[0] == "log_loss" else np.maximum.accumulate(means)
    free = EDGE * (means.max() - means.min()) or EDGE
    drawing = Drawing(WIDTH, HEIGHT)
    axes = Axes(drawing, (1, max(int(numbers.max()), 2)), (float(means.min() - free), float(means.max() + free)))
    axes.frame("Trial", MEASURES[known["measure"].iloc[0]])
    axes.curve(numbers.tolist(), best.tolist(), PALETTE[1])
    for number, mean in zip(numbers.tolist(), means.tolist(), strict=True):
        drawing.dot(*axes.at(number, mean), GREY)
    return drawing.svg()


def _gather_figure(model: str, task: str, trials: pd.DataFrame) -> Figure:
    shown = Markup(inline_svg(draw_trials(trials), f"{task}-{model}-trials"))
    caption = "Every dot is a trial on all training cases; the line is the best until then."
    best = trials[trials["chosen"]]["mean"].iloc[0]
    words = f"{model}: {MEASURES[trials['measure'].iloc[0]]} of every trial, at best {format_decimal(best, 3)}"
    return Figure("searches", model, caption, [(words, shown)])


def _show(value: object) -> str:
    """Show a value that a trial proposed; numbers with four digits."""
    if not isinstance(value, str):
        return DASH
    held = json.loads(value)
    return f"{held:.4g}" if isinstance(held, float) else str(held)
