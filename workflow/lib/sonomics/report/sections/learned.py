"""What was learned on the training set: how features were chosen, clinical models, and models as nomograms."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from markupsafe import Markup

from sonomics.report.elements.figures import Figure
from sonomics.report.elements.numbers import DASH, NOT_ESTIMABLE, format_decimal, format_interval, format_p
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Row, Table
from sonomics.report.sections.frozen import NESTED, THRESHOLDS, build_frozen_section
from sonomics.report.sections.nomogram import describe_nomogram, draw_nomogram

FREQUENCIES, ODDS_RATIOS, NOMOGRAM, WEIGHTS = "frequencies.csv", "odds_ratios.csv", "nomogram.csv", "weights.csv"
SELECTION_FIGURES = {
    "steps": "features left after each step",
    "curve": "cross-validated deviance of the penalised regression by penalty, with its standard error",
    "path": "coefficients by penalty, those kept in colour",
    "frequencies": "how often features were kept",
}
MOST_ROWS = 20


@dataclass(frozen=True)
class LearnedTable:
    """A table of what the main run learned.

    FREQUENCIES are of a family by `select`, ODDS_RATIOS of a model by `train`, NOMOGRAM of either a model or a final
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


def build_learned_sections(tables: Sequence[LearnedTable], task: str) -> list[Section]:
    """Build the sections of one task; those that would be empty are left out."""
    of_task = [table for table in tables if table.task == task]
    sections = (
        _build_selection([table for table in of_task if table.file.name == FREQUENCIES]),
        _build_clinical([table for table in of_task if table.file.name == ODDS_RATIOS]),
        _build_weights([table for table in of_task if table.file.name == WEIGHTS]),
        build_frozen_section(
            [(table.name, table.file) for table in of_task if table.file.name in (NESTED, THRESHOLDS)]
        ),
        _build_nomograms([table for table in of_task if table.file.name == NOMOGRAM]),
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


def tabulate_odds_ratios(model: str, odds: pd.DataFrame) -> Table:
    """Tabulate the odds ratios of a clinical model, univariable and multivariable: one row per variable."""
    univariable, multivariable = (
        {str(row["variable"]): row for row in odds[odds["model"] == analysis].to_dict("records")}
        for analysis in ("univariable", "multivariable")
    )
    rows = [[Cell(name), *_show_ratio(row), *_show_ratio(multivariable.get(name))] for name, row in univariable.items()]
    columns = ["Variable", "OR, univariable", "P", "OR, multivariable", "P"]
    note = "Logistic regression on all training cases; 95 % Wald intervals. A dash: not in the multivariable model."
    return Table(f"{model}: odds ratios", columns, rows, note)


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


def _build_clinical(learned: Sequence[LearnedTable]) -> Section | None:
    tables = [tabulate_odds_ratios(table.name, pd.read_csv(table.file)) for table in learned]
    return Section("clinical", "Clinical models", [], tables) if tables else None


def _build_weights(learned: Sequence[LearnedTable]) -> Section | None:
    tables = [tabulate_weights(table.name, pd.read_csv(table.file, dtype={"fold": str})) for table in learned]
    return Section("weights", "Weights of base models", [], tables) if tables else None


def _build_nomograms(learned: Sequence[LearnedTable]) -> Section | None:
    figures = []
    for table in learned:
        points = pd.read_csv(table.file, dtype={"label": str}, keep_default_na=False)
        if points.empty:
            continue
        svg = Markup(inline_svg(draw_nomogram(points), f"{table.task}-nomogram-{table.name}"))
        caption = "The points of a case's values are added; the probability is read below the sum."
        panels = [(f"{table.name}: {describe_nomogram(points)}", svg)]
        figures.append(Figure("nomogram", table.name, caption, panels))
    if not figures:
        return None
    description = (
        "Each value has points on the upper line; below their sum on the line of total points is the probability. "
        "Scores of base models are out of fold. A nomogram repeats its model and has that model's performance."
    )
    return Section("nomogram", "Nomograms", [description], [], figures)


def _show_percentage(share: float) -> Cell:
    return Cell(DASH if math.isnan(share) else f"{format_decimal(100 * share, 0)} %")


def _show_ratio(row: Row | None) -> tuple[Cell, Cell]:
    if row is None:
        return Cell(DASH), Cell(DASH)
    if math.isnan(row["odds_ratio"]):
        reason = "the model has no maximum: the variable is constant or separates the classes"
        return Cell(NOT_ESTIMABLE, reason), Cell(DASH)
    interval = format_interval(row["lower"], row["upper"], 3)
    return Cell(format_decimal(row["odds_ratio"], 3), interval), Cell(format_p(row["p"]))
