"""The section with our results next to those of the publication whose design a study follows."""

import math
from collections.abc import Sequence

from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.report import Figure
from sonomics.kinds.sources import SOURCES
from sonomics.report.elements.numbers import format_decimal, format_interval
from sonomics.report.elements.section import Section
from sonomics.report.elements.tables import Cell, Table, show_estimate
from sonomics.report.study.evaluation import FURTHER_MEASURES, MEASURES, Evaluation

DIFFERENT_DATA = (
    "The patients of the publication are not ours: the two columns come from different data, and neither reproduces, "
    "confirms nor refutes the other."
)
SIMULATED = "Ours are simulated; their simulated ground truth bounds what any model can reach."
NOTE = "Note on the publication"
COLUMNS = ["Set", "Model", "Statistic", "Ours", "Published", "Ours minus published", NOTE]


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section of a study that follows a published design; None when the task has no published result."""
    published = params.report.published
    if published is None:
        return None
    first_task = next(iter(params.study.tasks))
    results = [result for result in published.figures if (result.task or first_task) == evaluation.task]
    if not results:
        return None
    is_simulated = SOURCES.get(params.export.source).is_simulated
    paragraphs = [f"{DIFFERENT_DATA} {SIMULATED}" if is_simulated else DIFFERENT_DATA]
    paragraphs += [published.note] if published.note else []
    table = tabulate_published(evaluation, published.paper, results)
    return Section("published", "Comparison with the published design", paragraphs, [table])


def tabulate_published(evaluation: Evaluation, paper: str, results: Sequence[Figure]) -> Table:
    """Tabulate ours and theirs, one row per result; "not computed" where we have no such set, model or statistic."""
    rows = []
    for result in results:
        ours = evaluation.find_statistic(result.model, result.set, result.statistic)
        lower, upper = result.interval or (math.nan, math.nan)
        rows.append(
            [
                Cell(evaluation.splits.get(result.set, result.set)),
                Cell(result.model),
                Cell({**MEASURES, **FURTHER_MEASURES}.get(result.statistic, result.statistic)),
                show_estimate(ours),
                Cell(format_decimal(result.value, 3), format_interval(lower, upper)),
                Cell(format_decimal(ours["estimate"] - result.value)),
                Cell(result.note),
            ]
        )
    caption = f"Our results next to those of {paper}"
    return Table(caption, COLUMNS, rows, "A difference is not an error of either.", ("Model", "Statistic", NOTE))
