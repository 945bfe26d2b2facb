"""The figures of a task of several classes, with what they show in words."""

import math

from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import Figure, gather_figure
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal
from sonomics.report.study.evaluation import Evaluation

FIGURES = {
    "class_roc": ("ROC curves, each class against the rest", "by the probability of the class"),
    "pair_roc": (
        "ROC curves of pairs of classes",
        "cases of two classes, by the probability of the first given that it is one of the two; of many pairs the "
        "areas alone",
    ),
    "class_calibration": (
        "Calibration of each class",
        "observed share against predicted probability, in fifths (Wilson interval) and as a loess curve",
    ),
    "confusion": (
        "Confusion matrices",
        "counts of true and decided classes, with the share of the true class, which shades the squares",
    ),
}


def gather_class_figures(evaluation: Evaluation) -> list[Figure]:
    """Gather ROC curves, calibration and confusion of the primary model; kinds that were not drawn are left out."""
    figures = []
    for kind, (title, caption) in FIGURES.items():
        described = {split: _describe(evaluation, split, kind) for split in evaluation.splits}
        figures.append(gather_figure(evaluation, kind, title, f"{evaluation.primary}: {caption}.", described))
    return [figure for figure in figures if figure.panels]


def _describe(evaluation: Evaluation, split: str, kind: str) -> str:
    if kind == "confusion":
        return _describe_confusion(evaluation, split)
    if kind == "class_calibration":
        table = evaluation.tables["task_calibration"]
        table, words = table[table["statistic"] == "calibration_slope"], "calibration slope"
        labels = table["class"].astype(str)
    else:
        table, words = evaluation.tables["task_aucs"], "AUC"
        table = table[table["measure"] == ("rest" if kind == "class_roc" else "conditional")]
        labels = table["first"].astype(str)
        if kind == "pair_roc":
            labels = labels.str.cat(table["second"].astype(str), sep=" and ")
    chosen = (table["split"] == split) & (table["model"] == evaluation.primary)
    values = [f"{name} {_number(value)}" for name, value in zip(labels[chosen], table["estimate"][chosen], strict=True)]
    return f"{words} of {join_words(values)}." if values else f"{words} not estimable: no case."


def _describe_confusion(evaluation: Evaluation, split: str) -> str:
    table = evaluation.tables["task_confusion"]
    of_split = table[(table["split"] == split) & (table["model"] == evaluation.primary)]
    right = of_split[of_split["true"].astype(str) == of_split["decided"].astype(str)]["count"].sum()
    return f"confusion matrix of {evaluation.primary}; {right} of {of_split['count'].sum()} cases decided rightly."


def _number(value: float) -> str:
    return NOT_ESTIMABLE if math.isnan(value) else format_decimal(value)
