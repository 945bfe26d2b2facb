"""The section on networks of several tasks: what the task gains from the others."""

import math

from sonomics.core.settings.parameters import Parameters
from sonomics.core.settings.task_checks import tasks_of_model
from sonomics.kinds.wording import join_words
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_interval, format_p
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Row
from sonomics.report.study.evaluation import Evaluation


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section; None when no network of several tasks has a single one that is the same in all else."""
    if "together" not in evaluation.tables:
        return None
    table = evaluation.tables["together"]
    rows = []
    for (joint, single), of_pair in table.groupby(["joint", "single"], sort=False):
        by_split = index_by_split(of_pair)
        rows += [
            (
                f"{single}, a network for each task",
                {split: _show(row, "auc_against") for split, row in by_split.items()},
            ),
            (f"{joint}, one network for all", {split: _show(row, "auc") for split, row in by_split.items()}),
            ("difference", {split: _show_difference(row) for split, row in by_split.items()}),
        ]
    learned = [
        f"{joint} learns {join_words(tasks_of_model(params.study.tasks, params.train.models[str(joint)]))}"
        for joint in table["joint"].unique()
    ]
    paragraphs = [
        f"{'; '.join(learned)}, with a last layer for each. Does {evaluation.task} gain from the others? Both networks "
        "have the same architecture, starting weights and training, and learned from the same training patients.",
    ]
    methods = join_words(sorted({method for method in table["method"] if method}) or ["not estimable"])
    note = (
        f"Base models, before any combination: the mean over the images of a case. Below the difference its interval "
        f"({methods}) and P, not adjusted."
    )
    caption = f"{evaluation.auc_title}: alone, and in a network of several tasks"
    shown = tabulate_by_split(evaluation, caption, "Network", rows, note)
    return Section("together", "Tasks learned together", paragraphs, [shown])


def _show(row: Row, name: str) -> Cell:
    if math.isnan(row[name]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return Cell(format_decimal(row[name]), f"{row['n']} cases")


def _show_difference(row: Row) -> Cell:
    if math.isnan(row["difference"]) or math.isnan(row["p"]):
        main = NOT_ESTIMABLE if math.isnan(row["difference"]) else format_decimal(row["difference"])
        return Cell(main, row["reason"])
    interval = format_interval(row["lower"], row["upper"])
    return Cell(format_decimal(row["difference"]), f"{interval}; P {format_p(row['p'])}")
