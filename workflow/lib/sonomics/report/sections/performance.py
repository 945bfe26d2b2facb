"""Tables and figures of performance, which every study has."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import Figure, gather_figure
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_p
from sonomics.report.elements.tables import Cell, Table, show_difference, show_estimate
from sonomics.report.study.evaluation import FURTHER_MEASURES, MEASURES, Evaluation

AVERAGES = {"macro": "Macro", "weighted": "Weighted"}
AVERAGED = {"precision": "precision", "recall": "recall", "f1": "F1"}
COUNTS = ("tp", "fp", "tn", "fn")


def gather_binary(evaluation: Evaluation) -> dict[str, Any]:
    """Gather what the page shows of the performance of a binary task."""
    return {
        "performance": [
            tabulate_aucs(evaluation),
            *(tabulate_performance(evaluation, split) for split in evaluation.splits),
        ],
        "further": [
            *(tabulate_further_measures(evaluation, split) for split in evaluation.splits),
            *(tabulate_averages(evaluation, split) for split in evaluation.splits),
        ],
        "comparison": tabulate_comparison(evaluation) if len(evaluation.models) > 1 else None,
        "figures": gather_performance_figures(evaluation),
    }


def tabulate_aucs(evaluation: Evaluation) -> Table:
    """Tabulate the AUC of every model in every set: one row per model."""
    rows = [
        [Cell(model), *(show_estimate(evaluation.find_statistic(model, split, "auc")) for split in evaluation.splits)]
        for model in evaluation.models
    ]
    note = "With confidence interval. The sets differ in size: compare models within one set."
    caption = f"{evaluation.auc_title} of every model in every set"
    return Table(caption, ["Model", *evaluation.splits.values()], rows, note)


def tabulate_performance(evaluation: Evaluation, split: str) -> Table:
    """Tabulate discrimination and the measures at the frozen threshold: one row per model."""
    rows = [
        [Cell(model), *(show_estimate(evaluation.find_statistic(model, split, name)) for name in MEASURES)]
        for model in evaluation.models
    ]
    auc = evaluation.find_statistic(evaluation.primary, split, "auc")
    caption = (
        f"{evaluation.splits[split]}: {auc['n']:.0f} {auc['unit']}s with a known label, {auc['positives']:.0f} of them "
        "positive"
    )
    table = evaluation.tables["performance"]
    at_threshold = [name for name in MEASURES if name != "auc"]
    estimable = table[(table["split"] == split) & table["statistic"].isin(at_threshold) & (table["method"] != "")]
    methods = join_words(sorted(set(estimable["method"])))
    others = f"Others at the threshold frozen on training: {methods or 'no'} interval."
    note = f"AUC: {auc['method'] or 'no'} interval. {others}"
    return Table(caption, ["Model", *MEASURES.values()], rows, note)


def tabulate_further_measures(evaluation: Evaluation, split: str) -> Table:
    """Tabulate calibration, agreement and the counts behind them: one row per model."""
    rows = []
    for model in evaluation.models:
        cells = [show_estimate(evaluation.find_statistic(model, split, name)) for name in FURTHER_MEASURES]
        counts = [evaluation.find_statistic(model, split, name)["estimate"] for name in COUNTS]
        threshold = evaluation.find_statistic(model, split, "threshold")["estimate"]
        shown_counts = Cell(" / ".join(format_decimal(count, 0) for count in counts))
        rows.append([Cell(model), *cells, shown_counts, Cell(format_decimal(threshold, 3))])
    caption = f"{evaluation.splits[split]}: calibration, agreement, counts"
    note = "Ideal: intercept 0, slope 1, ICI 0. TP / FP / TN / FN: cases at or above the threshold are called positive."
    return Table(caption, ["Model", *FURTHER_MEASURES.values(), "TP / FP / TN / FN", "Threshold"], rows, note)


def tabulate_averages(evaluation: Evaluation, split: str) -> Table:
    """Tabulate macro and weighted precision, recall and F1 over both labels: one row per model and decision."""
    table = evaluation.table("label_averages")
    table = table[(table["split"] == split) & table["of"].isin(list(AVERAGES))]
    rows = []
    for (model, decision), of_decision in table.groupby(["model", "decision"], sort=False):
        by_measure = of_decision.set_index(["of", "measure"]).to_dict("index")
        cells = [show_estimate(by_measure[average, measure]) for average in AVERAGES for measure in AVERAGED]
        rows.append([Cell(f"{model}, {decision}"), *cells])
    headings = [f"{word} {measure}" for word in AVERAGES.values() for measure in AVERAGED.values()]
    note = (
        "Macro: the plain mean of the positive and the negative label; weighted: the mean weighted by their size. "
        "Intervals by resampled patients."
    )
    caption = f"{evaluation.splits[split]}: precision, recall and F1 over both labels"
    return Table(caption, ["Model, decision", *headings], rows, note)


def tabulate_comparison(evaluation: Evaluation) -> Table:
    """Tabulate the primary model's AUC minus that of every other model: one row per model."""
    table = evaluation.tables["comparison"]
    rows = []
    for against, of_model in table.groupby("against", sort=False):
        by_split = of_model.set_index("split").to_dict("index")
        cells = [cell for split in evaluation.splits for cell in _compare(by_split[split])]
        rows.append([Cell(str(against)), *cells])
    headings = [heading for title in evaluation.splits.values() for heading in (title, "P")]
    methods = ", ".join(sorted({method for method in table["method"] if method}))
    other = evaluation.auc_words
    caption = f"{evaluation.auc_title} of {evaluation.primary} minus {other} of the other models, on the same cases"
    note = f"{methods}. Below each P: adjusted for the number of models compared in the set (Holm)."
    return Table(caption, ["Compared with", *headings], rows, note)


def gather_performance_figures(evaluation: Evaluation) -> list[Figure]:
    """Gather ROC curves, calibration and decision curves; kinds that were not drawn are left out."""
    model = evaluation.primary
    figures = [
        gather_figure(
            evaluation,
            "roc",
            "ROC curves",
            "All models; a dot is a model at its frozen threshold. Training scores are out of fold.",
            {split: _describe_roc(evaluation, split) for split in evaluation.splits},
        ),
        gather_figure(
            evaluation,
            "calibration",
            "Calibration",
            f"{model}: observed against predicted proportion, in fifths (Wilson interval) and as a loess curve.",
            {split: _describe_calibration(evaluation, split) for split in evaluation.splits},
        ),
        gather_figure(
            evaluation,
            "decision",
            "Decision curves",
            f"{model}: net benefit compared with treating all or none, with a pointwise bootstrap band.",
            {split: _describe_decision_curve(evaluation, split) for split in evaluation.splits},
        ),
    ]
    return [figure for figure in figures if figure.panels]


def _compare(row: Mapping[Hashable, Any]) -> tuple[Cell, Cell]:
    if math.isnan(row["difference"]):
        return Cell(NOT_ESTIMABLE, row["reason"]), Cell(format_p(row["p"]))
    detail = row["reason"] if math.isnan(row["p"]) else f"Holm {format_p(row['p_holm'])}"
    return show_difference(row), Cell(format_p(row["p"]), detail)


def _describe_roc(evaluation: Evaluation, split: str) -> str:
    areas = {model: evaluation.find_statistic(model, split, "auc")["estimate"] for model in evaluation.models}
    return f"ROC curves; AUC of {join_words([f'{model} {_number(area)}' for model, area in areas.items()])}."


def _describe_calibration(evaluation: Evaluation, split: str) -> str:
    names = {"calibration_intercept": "intercept", "calibration_slope": "slope", "brier": "Brier score"}
    values = [
        f"{word} {_number(evaluation.find_statistic(evaluation.primary, split, name)['estimate'])}"
        for name, word in names.items()
    ]
    return f"calibration of {evaluation.primary}; {join_words(values)}."


def _describe_decision_curve(evaluation: Evaluation, split: str) -> str:
    table = evaluation.tables["decision"]
    curve = table[(table["split"] == split) & (table["model"] == evaluation.primary)]
    better = curve[curve["net_benefit"] > curve[["treat_all", "treat_none"]].max(axis=1)]["threshold"]
    if better.empty:
        return f"decision curve of {evaluation.primary}; nowhere above treating all and none."
    span = f"{len(better)} of {len(curve)} thresholds between {better.min():g} and {better.max():g}"
    return f"decision curve of {evaluation.primary}; above treating all and none at {span}."


def _number(value: float) -> str:
    return NOT_ESTIMABLE if math.isnan(value) else format_decimal(value)
