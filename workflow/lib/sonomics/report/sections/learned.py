"""What was learned on the training set: how features were chosen, clinical models, and models as nomograms."""

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from sonomics.core.settings.tasks import Task
from sonomics.kinds.models.clinical import name_regression
from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import Figure
from sonomics.report.elements.numbers import DASH, NOT_ESTIMABLE, format_decimal, format_interval, format_p
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Row, Table
from sonomics.report.sections.frozen import NESTED, THRESHOLDS, build_frozen_section
from sonomics.report.sections.nomogram import describe_nomogram, draw_nomogram
from sonomics.report.sections.searches import FILE as TRIALS
from sonomics.report.sections.searches import build_search_section

FREQUENCIES, ODDS_RATIOS, HAZARD_RATIOS, NOMOGRAM, WEIGHTS = (
    "frequencies.csv", "odds_ratios.csv", "hazard_ratios.csv", "nomogram.csv", "weights.csv"
)  # fmt: skip
# Of each table of ratios: its column, the words for it, and their short form.
RATIOS = {
    ODDS_RATIOS: ("odds_ratio", "odds ratios", "OR"),
    HAZARD_RATIOS: ("hazard_ratio", "hazard ratios", "HR"),
}
SELECTION_FIGURES = {
    "steps": "features left after each step",
    "curve": "cross-validated deviance of the penalised regression by penalty, with its standard error",
    "path": "coefficients by penalty, those kept in colour",
    "frequencies": "how often features were kept",
}
NO_MAXIMUM = {
    "odds_ratio": "the model has no maximum: the variable is constant or separates the classes",
    "hazard_ratio": "the model has no maximum: the variable is constant or separates early from late events",
}
CLASS = "class"
CAPTION = "The points of a case's values are added; the probability is read below the sum."
CAPTION_OF_CLASSES = (
    "One nomogram a class: the points of a case's values are added; below the sum are the odds of the class to the "
    "first one. A class has the probability odds / (1 + sum of the odds of all nomograms), the first one 1 / (1 + that "
    "sum)."
)
MOST_ROWS = 20


@dataclass(frozen=True)
class LearnedTable:
    """A table of what the main run learned.

    FREQUENCIES are of a family by `select`, those of RATIOS of a model by `train`, NOMOGRAM of a model or a final
    model, WEIGHTS, NESTED and THRESHOLDS of a final model.

    Attributes
    ----------
    name : str
        The family or model.
    task : str
    file : Path
        Next to a file FREQUENCIES lie the figures of SELECTION_FIGURES.
    """

    name: str
    task: str
    file: Path


def build_learned_sections(
    tables: Sequence[LearnedTable], name: str, task: Task, averaged: Collection[str] = ()
) -> list[Section]:
    """Build the sections of one task; those that would be empty are left out.

    Parameters
    ----------
    tables : sequence of LearnedTable
    name : str
        Of the task.
    task : Task
    averaged : collection of str
        Models of which the mean of the folds scored the cases outside training (`predictor: folds`): what is shown of
        them, on all training cases, says so.
    """
    of_task = [table for table in tables if table.task == name]
    sections = (
        _build_selection([table for table in of_task if table.file.name == FREQUENCIES]),
        _build_clinical([table for table in of_task if table.file.name in RATIOS], task, averaged),
        build_search_section([(table.name, name, table.file) for table in of_task if table.file.name == TRIALS]),
        _build_weights([table for table in of_task if table.file.name == WEIGHTS]),
        build_frozen_section(
            [(table.name, table.file) for table in of_task if table.file.name in (NESTED, THRESHOLDS)]
        ),
        _build_nomograms([table for table in of_task if table.file.name == NOMOGRAM], averaged),
    )
    return [section for section in sections if section]


def tabulate_frequencies(family: str, frequencies: pd.DataFrame) -> Table:
    """Tabulate how often the most frequent features were kept, in the folds and in resamples of the patients."""
    rows = []
    for row in frequencies.head(MOST_ROWS).to_dict("records"):
        kept = Cell("yes" if row["all"] else "no")
        shares = [_show_percentage(row[name]) for name in ("folds", "resamples")]
        rows.append([Cell(str(row["feature"])), kept, *shares])
    note = f"The first {MOST_ROWS} of {len(frequencies)}." if len(frequencies) > MOST_ROWS else ""
    columns = ["Feature", "On all training cases", "Folds", "Resamples"]
    return Table(f"{family}: how often each feature was kept", columns, rows, note)


def tabulate_ratios(model: str, name: str, ratios: pd.DataFrame, task: Task) -> Table:
    """Tabulate the ratios of a clinical model, univariable and multivariable: one row per variable, or one a class too.

    Parameters
    ----------
    model : str
    name : str
        Of the file, one of RATIOS.
    ratios : DataFrame
        `variable, model, <ratio>, lower, upper, p`, and `class` where each of several classes has ratios of its own.
    task : Task
    """
    column, words, short = RATIOS[name]
    key = ["variable", "class"] if "class" in ratios else ["variable"]
    univariable, multivariable = (
        {tuple(str(row[part]) for part in key): row for row in ratios[ratios["model"] == analysis].to_dict("records")}
        for analysis in ("univariable", "multivariable")
    )
    rows = [
        [*map(Cell, names), *_show_ratio(row, column), *_show_ratio(multivariable.get(names), column)]
        for names, row in univariable.items()
    ]
    columns = [part.capitalize() for part in key]
    columns += [f"{short}, univariable", "P", f"{short}, multivariable", "P"]
    regression = name_regression(task)
    note = (
        f"{regression[0].upper()}{regression[1:]} regression on all training cases; 95 % Wald intervals. A dash: not "
        "in the multivariable model."
    )
    if "class" in ratios:
        note += " The odds are those of the class to the first class of the task."
    elif getattr(task, "ordered", False):
        note += " A ratio above 1 goes with later classes."
    return Table(f"{model}: {words}", columns, rows, note, tuple(columns[1:2]) if "class" in ratios else ())


def tabulate_weights(final: str, weights: pd.DataFrame) -> Table:
    """Tabulate what each base model weighs in a final model, on all training cases and without each fold."""
    rows = []
    for model, of_model in weights.groupby("model", sort=False):
        values = of_model.set_index("fold")["weight"]
        folds = values.drop("all")
        spread = f"{format_decimal(folds.min(), 2)} to {format_decimal(folds.max(), 2)}" if len(folds) else DASH
        rows.append([Cell(str(model)), Cell(format_decimal(values["all"], 2)), Cell(spread)])
    is_given = bool((weights["sd"] == 1).all())
    note = "Of the scores as they are." if is_given else "Of scores divided by their standard deviation."
    columns = ["Base model", "On all training cases", "Without one fold, from least to largest"]
    return Table(f"{final}: weights", columns, rows, note)


def _build_selection(learned: Sequence[LearnedTable]) -> Section | None:
    if not learned:
        return None
    tables = []
    for table in learned:
        frequencies = pd.read_csv(table.file)
        if len(frequencies):
            tables.append(tabulate_frequencies(table.name, frequencies))
    description = (
        "These results come from all training cases; each fold selected its features anew. The numbers are in "
        "results/select/."
    )
    figures = [_gather_selection_figure(table) for table in learned]
    return Section("choice", "How the features were chosen", [description], tables, figures)


def _gather_selection_figure(table: LearnedTable) -> Figure:
    panels = []
    for name, title in SELECTION_FIGURES.items():
        svg = table.file.with_name(f"{name}.svg").read_text(encoding="utf-8")
        panels.append((f"{table.name}: {title}", Markup(inline_svg(svg, f"{table.task}-{table.name}-{name}"))))
    return Figure("choice", table.name, f"In order: {'; '.join(SELECTION_FIGURES.values())}.", panels)


def _build_clinical(learned: Sequence[LearnedTable], task: Task, averaged: Collection[str]) -> Section | None:
    tables = [tabulate_ratios(table.name, table.file.name, pd.read_csv(table.file), task) for table in learned]
    return Section("clinical", "Clinical models", _tell_averaged(learned, averaged), tables) if tables else None


def _tell_averaged(learned: Sequence[LearnedTable], averaged: Collection[str]) -> list[str]:
    """Say of which models the one that is shown did not score the cases outside training."""
    names = list(dict.fromkeys(table.name for table in learned if table.name in averaged))
    if not names:
        return []
    return [
        f"Of {join_words(names)} the model of all training cases is shown; cases outside training were scored by the "
        "mean of the models of the folds, each with its own variables and numbers."
    ]


def _build_weights(learned: Sequence[LearnedTable]) -> Section | None:
    tables = [tabulate_weights(table.name, pd.read_csv(table.file, dtype={"fold": str})) for table in learned]
    return Section("weights", "Weights of base models", [], tables) if tables else None


def _build_nomograms(learned: Sequence[LearnedTable], averaged: Collection[str]) -> Section | None:
    figures, reading, shown = [], "", []
    for table in learned:
        points = pd.read_csv(table.file, dtype={"label": str, CLASS: str}, keep_default_na=False)
        if points.empty:
            continue
        shown.append(table)
        if CLASS in points:
            reading = ", or the odds that it follows from (the axis of a base model then has odds too)"
            drawn = {f"{table.name}, {name}": rows for name, rows in points.groupby(CLASS, sort=False)}
            caption = CAPTION_OF_CLASSES
        else:
            drawn, caption = {table.name: points}, CAPTION
        panels = [
            (f"{title}: {describe_nomogram(rows)}", Markup(inline_svg(draw_nomogram(rows), f"{table.task}-{place}")))
            for place, (title, rows) in zip(_name_places(table.name, len(drawn)), drawn.items(), strict=True)
        ]
        figures.append(Figure("nomogram", table.name, caption, panels))
    if not figures:
        return None
    description = (
        "Each value has points on the upper line; below their sum on the line of total points is the probability"
        f"{reading}. Scores of base models are out of fold. A nomogram repeats its model and has that model's "
        "performance."
    )
    return Section("nomogram", "Nomograms", [description, *_tell_averaged(shown, averaged)], [], figures)


def _name_places(name: str, count: int) -> list[str]:
    """Name the drawings of a model, so that no two on the page share a name."""
    return [f"nomogram-{name}" + (f"-{place}" if count > 1 else "") for place in range(count)]


def _show_percentage(share: float) -> Cell:
    return Cell(DASH if math.isnan(share) else f"{format_decimal(100 * share, 0)} %")


def _show_ratio(row: Row | None, column: str) -> tuple[Cell, Cell]:
    if row is None:
        return Cell(DASH), Cell(DASH)
    if math.isnan(row[column]):
        return Cell(NOT_ESTIMABLE, NO_MAXIMUM[column]), Cell(DASH)
    interval = format_interval(row["lower"], row["upper"], 3)
    return Cell(format_decimal(row[column], 3), interval), Cell(format_p(row["p"]))
