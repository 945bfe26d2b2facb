"""Several classes: the performance of a task, and the section on questions answered by tables from elsewhere."""

from typing import Any

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Table, show_estimate, show_estimate_and_counts
from sonomics.report.sections.performance import tabulate_aucs
from sonomics.report.study.evaluation import Evaluation

OVERALL = {
    "auc": "Mean AUC",
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
    "kappa": "Kappa",
    "weighted_kappa": "Weighted kappa (quadratic)",
    "ranked_probability": "Ranked probability score",
    "brier": "Brier score",
}
STATISTICS = {"hand_till_m": "M (Hand and Till)", "auc": "AUC", "f1": "F1", "mcc": "MCC"}


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section with measures per class and confusion tables; None when no such question is asked."""
    if "classes" not in evaluation.tables or evaluation.tables["classes"].empty:
        return None
    table = evaluation.tables["classes"]
    tables: list[Table] = []
    for (question, model), of_model in table.groupby(["question", "model"], sort=False):
        tables.append(_tabulate_measures(evaluation, of_model, str(question), str(model)))
        confusion = evaluation.tables["confusion"]
        of_question = confusion[confusion["question"] == question]
        tables += _tabulate_confusion(evaluation, str(question), str(model), of_question)
    paragraphs = [
        "Predictions come from tables made by other software; the decision is the class with the largest probability. "
        "Macro: the plain mean over the classes that occur; weighted: the mean weighted by their size."
    ]
    return Section("classes", "Questions of several classes", paragraphs, tables)


def gather_classes(evaluation: Evaluation) -> dict[str, Any]:
    """Gather what the page shows of the performance of a task of several classes."""
    primary = evaluation.primary
    of_primary = evaluation.tables["task_classes"]
    of_primary = of_primary[of_primary["model"] == primary]
    overall = [_tabulate_overall(evaluation, split) for split in evaluation.splits]
    of_classes = _tabulate_measures(evaluation, of_primary, evaluation.task, primary)
    confusion = _tabulate_confusion(evaluation, evaluation.task, primary, evaluation.tables["task_confusion"])
    return {
        "performance": [tabulate_aucs(evaluation), *overall, *confusion],
        "further": [of_classes],
        "comparison": None,
        "figures": [],
    }


def _tabulate_overall(evaluation: Evaluation, split: str) -> Table:
    table = evaluation.tables["performance"]
    measures = {name: word for name, word in OVERALL.items() if name in set(table["statistic"])}
    rows = [
        [Cell(model), *(show_estimate(evaluation.find_statistic(model, split, name)) for name in measures)]
        for model in evaluation.models
    ]
    auc = evaluation.find_statistic(evaluation.primary, split, "auc")
    caption = f"{evaluation.splits[split]}: {auc['n']:.0f} {auc['unit']}s with a known class"
    note = "The decision is the class of the largest probability. Intervals by resampled patients."
    return Table(caption, ["Model", *measures.values()], rows, note)


def _tabulate_measures(evaluation: Evaluation, table: pd.DataFrame, question: str, model: str) -> Table:
    rows = []
    for (name, statistic), of_statistic in table.groupby(["class", "statistic"], sort=False):
        cells = {
            split: show_estimate_and_counts(row, f"n = {row['n']}")
            for split, row in index_by_split(of_statistic).items()
        }
        rows.append((f"{name}: {STATISTICS.get(str(statistic), statistic)}", cells))
    note = "Wilson intervals of recall and accuracy; DeLong intervals of one class against the rest."
    return tabulate_by_split(evaluation, f"{question}: {model}", "Class: measure", rows, note)


def _tabulate_confusion(evaluation: Evaluation, question: str, model: str, table: pd.DataFrame) -> list[Table]:
    table = table[table["model"] == model]
    tables = []
    for split, of_split in table.groupby("split", sort=False):
        names = list(dict.fromkeys(of_split["decided"].astype(str)))
        counts = of_split.astype({"true": str, "decided": str}).set_index(["true", "decided"])["count"]
        rows = [[Cell(true), *(Cell(str(counts[true, name])) for name in names)] for true in names]
        caption = f"{question}: {model}, {evaluation.splits[str(split)]}: true class (rows) by decision (columns)"
        tables.append(Table(caption, ["True class", *names], rows))
    return tables
