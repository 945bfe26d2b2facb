"""Our figures beside those of the publication whose design a study follows."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from sonomics.report.elements.numbers import Cell, decimal, estimate_cell, interval
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import FURTHER, MEASURES, Table
from sonomics.report.study.evaluation import Evaluation

DIFFERENT = (
    "The publication's patients are not ours: the two columns are of different data, and neither repeats, confirms nor "
    "refutes the other."
)
SIMULATED = "Ours are simulated, with a planted risk that bounds what any model can reach."
COLUMNS = ["Set", "Model", "Statistic", "Ours", "Published", "Ours minus published", "Of the publication"]


def beside_published(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Make the section of a study that follows a published design; None when the task has no published figure."""
    published = params["report"].get("published")
    if not published:
        return None
    first = next(iter(params["study"]["tasks"]))
    figures = [figure for figure in published["figures"] if figure.get("task", first) == evaluation.task]
    if not figures:
        return None
    simulated = params["export"]["source"] == "simulator"
    paragraphs = [DIFFERENT + (f" {SIMULATED}" if simulated else "")]
    paragraphs += [published["note"]] if "note" in published else []
    title = "Beside the published design"
    return Section("published", title, paragraphs, [published_table(evaluation, published["paper"], figures)])


def published_table(evaluation: Evaluation, paper: str, figures: Sequence[Mapping[str, Any]]) -> Table:
    """Set ours beside theirs: a row a figure; "not computed" where we have no such set, model or statistic."""
    rows = []
    for figure in figures:
        ours = evaluation.statistic(figure["model"], figure["set"], figure["statistic"])
        name = {**MEASURES, **FURTHER}.get(figure["statistic"], figure["statistic"])
        lower, upper = figure.get("interval", (math.nan, math.nan))
        title = evaluation.splits.get(figure["set"], figure["set"])
        rows.append(
            [
                Cell(title),
                Cell(figure["model"]),
                Cell(name),
                estimate_cell(ours),
                Cell(decimal(figure["value"], 3), interval(lower, upper)),
                Cell(decimal(ours["estimate"] - figure["value"])),
                Cell(figure.get("note", "")),
            ]
        )
    text = ("Model", "Statistic", "Of the publication")
    return Table(
        f"Our figures beside those of {paper}", COLUMNS, rows, "A difference here is not an error of either.", text
    )
