"""Several classes: the performance of a task, and the section on questions answered by tables from elsewhere."""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from sonomics.core.settings.parameters import Parameters
from sonomics.report.elements.numbers import NOT_ESTIMABLE
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Table, show_estimate, show_estimate_and_counts
from sonomics.report.sections.class_figures import gather_class_figures
from sonomics.report.sections.performance import tabulate_aucs, tabulate_comparison
from sonomics.report.study.evaluation import Evaluation

OVERALL = {
    "auc": "Mean AUC",
    "accuracy": "Accuracy",
    "macro_f1": "Macro F1",
    "kappa": "Kappa",
    "weighted_kappa": "Weighted kappa (quadratic)",
    "linear_kappa": "Weighted kappa (linear)",
    "within_one": "At most one class off",
    "mean_error": "Mean error, classes",
    "ranked_probability": "Ranked probability score",
    "brier": "Brier score",
}
AVERAGED = {
    ("macro", "precision"): "Macro precision",
    ("macro", "recall"): "Macro recall",
    ("macro", "f1"): "Macro F1",
    ("weighted", "precision"): "Weighted precision",
    ("weighted", "recall"): "Weighted recall",
    ("weighted", "f1"): "Weighted F1",
    ("weighted", "auc"): "Weighted AUC",
    ("all", "hand_till_m"): "M (Hand and Till)",
}
CALIBRATION = {
    "calibration_intercept": "intercept",
    "calibration_slope": "slope",
    "observed_to_expected": "observed / expected",
    "brier": "Brier score",
}
STATISTICS = {"hand_till_m": "M (Hand and Till)", "auc": "AUC", "f1": "F1", "mcc": "MCC"}
FORMULAS = "Wilson intervals of recall and accuracy; DeLong intervals of one class against the rest."
RESAMPLED = "Intervals by resampled patients."


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
    averages = [_tabulate_averages(evaluation, split) for split in evaluation.splits]
    of_classes = _tabulate_measures(evaluation, of_primary, evaluation.task, primary, RESAMPLED)
    confusion = _tabulate_confusion(evaluation, evaluation.task, primary, evaluation.tables["task_confusion"])
    return {
        "performance": [tabulate_aucs(evaluation), *overall, _tabulate_pairs(evaluation), *confusion],
        "further": [*averages, of_classes, _tabulate_calibration(evaluation)],
        "comparison": tabulate_comparison(evaluation) if len(evaluation.models) > 1 else None,
        "figures": gather_class_figures(evaluation),
    }


def _tabulate_pairs(evaluation: Evaluation) -> Table:
    """Tabulate how well the primary model separates every pair of classes, and their mean."""
    table = evaluation.tables["task_aucs"]
    table = table[(table["model"] == evaluation.primary) & table["measure"].isin(["pair", "hand_till"])]
    rows = []
    for (measure, first, second), of_pair in table.groupby(["measure", "first", "second"], sort=False):
        name = f"{first} and {second}" if measure == "pair" else STATISTICS["hand_till_m"]
        cells = {
            split: show_estimate_and_counts(row, f"n = {row['n']}") for split, row in index_by_split(of_pair).items()
        }
        rows.append((name, cells))
    note = (
        "Mean of the AUCs by the probability of either class, among the cases of the two; M is the mean over the pairs "
        "(Hand and Till 2001). Intervals by resampled patients."
    )
    return tabulate_by_split(evaluation, f"{evaluation.primary}: AUC of every pair of classes", "Pair", rows, note)


def _tabulate_averages(evaluation: Evaluation, split: str) -> Table:
    """Tabulate macro and weighted means of the classes: one row per model."""
    table = evaluation.tables["task_classes"]
    table = table[table["split"] == split]
    rows = []
    for model in evaluation.models:
        by_measure = table[table["model"] == model].set_index(["class", "statistic"]).to_dict("index")
        cells = [show_estimate(by_measure[key]) if key in by_measure else Cell(NOT_ESTIMABLE) for key in AVERAGED]
        rows.append([Cell(model), *cells])
    note = f"Macro: the plain mean over the classes that occur; weighted: weighted by their size. {RESAMPLED}"
    return Table(f"{evaluation.splits[split]}: means over the classes", ["Model", *AVERAGED.values()], rows, note)


def _tabulate_calibration(evaluation: Evaluation) -> Table:
    """Tabulate the calibration of the primary model's probability of every class against the rest."""
    table = evaluation.tables["task_calibration"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for (name, statistic), of_statistic in table.groupby(["class", "statistic"], sort=False):
        cells = {
            split: show_estimate_and_counts(row, f"{row['cases']} / {row['n']}")
            for split, row in index_by_split(of_statistic).items()
        }
        rows.append((f"{name}: {CALIBRATION[str(statistic)]}", cells))
    note = "Ideal: intercept 0, slope 1, observed / expected 1. Counts: cases of the class / all cases."
    caption = f"{evaluation.primary}: calibration of each class against the rest"
    return tabulate_by_split(evaluation, caption, "Class: measure", rows, note)


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


def _tabulate_measures(
    evaluation: Evaluation, table: pd.DataFrame, question: str, model: str, note: str = FORMULAS
) -> Table:
    rows = []
    for (name, statistic), of_statistic in table.groupby(["class", "statistic"], sort=False):
        cells = {
            split: show_estimate_and_counts(row, f"n = {row['n']}")
            for split, row in index_by_split(of_statistic).items()
        }
        rows.append((f"{name}: {STATISTICS.get(str(statistic), statistic)}", cells))
    return tabulate_by_split(evaluation, f"{question}: {model}", "Class: measure", rows, note)


def _tabulate_confusion(evaluation: Evaluation, question: str, model: str, table: pd.DataFrame) -> list[Table]:
    table = table[table["model"] == model]
    tables = []
    for split, of_split in table.groupby("split", sort=False):
        names = list(dict.fromkeys(of_split["decided"].astype(str)))
        counts = of_split.astype({"true": str, "decided": str}).set_index(["true", "decided"])["count"]
        rows = [[Cell(true), *_show_counts([int(counts[true, name]) for name in names])] for true in names]
        caption = f"{question}: {model}, {evaluation.splits[str(split)]}: true class (rows) by decision (columns)"
        tables.append(Table(caption, ["True class", *names], rows, "Below each count: its share of the true class."))
    return tables


def _show_counts(counts: Sequence[int]) -> list[Cell]:
    total = sum(counts)
    return [Cell(str(count), f"{100 * count / total:.0f} %" if total else "") for count in counts]
