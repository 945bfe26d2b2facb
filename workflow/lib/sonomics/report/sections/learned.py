"""What was learned on the training set: how features were chosen, clinical models, and models as nomograms."""

import math
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
from markupsafe import Markup

from sonomics.report.elements.figures import Plate
from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, interval, p_value
from sonomics.report.elements.pictures import inline_svg
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Table
from sonomics.report.sections.nomogram import described, draw_nomogram

SELECTION = {
    "steps": "features left after each step",
    "curve": "cross-validated deviance of the penalised regression by penalty, with its standard error",
    "path": "coefficients by penalty, those kept in colour",
    "frequencies": "how often features were kept",
}
MOST_ROWS = 20
ALL = "all"


def learned_sections(files: Sequence[Path], task: str) -> list[Section]:
    """Make the sections of one task.

    Parameters
    ----------
    files : sequence of Path
        Of the main run: of `select` `<family>/<task>/all/frequencies.csv` and figures, of `train`
        `<model>/<task>/all/odds_ratios.csv` and `nomogram.csv`, of `stack` `<model>/<task>/nomogram.csv`.
    task : str
    """
    own = [path for path in files if _task_and_name(path)[0] == task]
    made = (_selection(own, task), _clinical(own), _nomograms(own, task))
    return [section for section in made if section]


def frequency_table(family: str, often: pd.DataFrame) -> Table:
    """How often the commonest features were kept, in the folds and in resamples of the patients."""
    rows = []
    for row in often.head(MOST_ROWS).to_dict("records"):
        kept = Cell("yes" if row["all"] else "no")
        rows.append([Cell(str(row["feature"])), kept, _percent(row["folds"]), _percent(row["resamples"])])
    note = f"The first {MOST_ROWS} of {len(often)}." if len(often) > MOST_ROWS else ""
    columns = ["Feature", "On all training cases", "Folds", "Resamples"]
    return Table(f"{family}: how often each feature was kept", columns, rows, note)


def odds_table(model: str, odds: pd.DataFrame) -> Table:
    """Odds ratios of a clinical model, each variable alone and together."""
    alone, together = (
        {str(row["variable"]): row for row in odds[odds["model"] == kind].to_dict("records")}
        for kind in ("univariable", "multivariable")
    )
    rows = [[Cell(name), *_ratio(row), *_ratio(together.get(name))] for name, row in alone.items()]
    columns = ["Variable", "OR alone", "P", "OR adjusted", "P"]
    note = "Logistic regression on all training cases; 95 % Wald intervals. A dash: not in the multivariable model."
    return Table(f"{model}: odds ratios", columns, rows, note)


def _selection(files: list[Path], task: str) -> Section | None:
    tables, plates = [], []
    for path in files:
        if path.name != "frequencies.csv":
            continue
        family, often = path.parts[-4], pd.read_csv(path)
        if len(often):
            tables.append(frequency_table(family, often))
        panels = [
            (
                f"{family}: {title}",
                Markup(
                    inline_svg(path.with_name(f"{name}.svg").read_text(encoding="utf-8"), f"{task}-{family}-{name}")
                ),
            )
            for name, title in SELECTION.items()
        ]
        plates.append(Plate("choice", family, f"In order: {'; '.join(SELECTION.values())}.", panels))
    if not plates:
        return None
    words = (
        "What is shown was learned on all training cases; each fold chose anew. The numbers stand in results/select/."
    )
    return Section("choice", "How the features were chosen", [words], tables, plates)


def _clinical(files: list[Path]) -> Section | None:
    tables = [odds_table(path.parts[-4], pd.read_csv(path)) for path in files if path.name == "odds_ratios.csv"]
    return Section("clinical", "Clinical models", [], tables) if tables else None


def _nomograms(files: list[Path], task: str) -> Section | None:
    plates = []
    for path in files:
        if path.name != "nomogram.csv":
            continue
        model = _task_and_name(path)[1]
        points = pd.read_csv(path, dtype={"label": str}, keep_default_na=False)
        if points.empty:
            continue
        panel = (f"{model}: {described(points)}", Markup(inline_svg(draw_nomogram(points), f"{task}-nomogram-{model}")))
        plates.append(
            Plate("nomogram", model, "The points of a case's values add up to the probability below.", [panel])
        )
    if not plates:
        return None
    words = (
        "Each value has points on the upper line; their sum on the line of total points stands above the probability. "
    )
    words += "Scores of base models are out of fold. A nomogram repeats its model and has that model's performance."
    return Section("nomogram", "Nomograms", [words], [], plates)


def _task_and_name(path: Path) -> tuple[str, str]:
    """Read the task, and the family or model, off a path; only `select` and `train` have folds."""
    name, task, fold = path.parts[-4:-1]
    return (task, name) if fold == ALL else (fold, task)


def _percent(share: float) -> Cell:
    return Cell("–" if math.isnan(share) else f"{decimal(100 * share, 0)} %")


def _ratio(row: Mapping[Hashable, Any] | None) -> tuple[Cell, Cell]:
    if row is None:
        return Cell("–"), Cell("–")
    if math.isnan(row["odds_ratio"]):
        return Cell(NOT_ESTIMABLE, "the model has no maximum: constant, or separates the classes"), Cell("–")
    return Cell(decimal(row["odds_ratio"], 3), interval(row["lower"], row["upper"], 3)), Cell(p_value(row["p"]))
