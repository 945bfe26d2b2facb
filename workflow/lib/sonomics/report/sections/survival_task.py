"""The performance of a survival task on the page."""

import math
from typing import Any

from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import Figure, gather_figure
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_interval
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Row, Table, show_estimate_and_counts
from sonomics.report.sections.performance import tabulate_aucs, tabulate_comparison
from sonomics.report.study.evaluation import Evaluation

STATISTICS = {
    "brier": "Brier score",
    "scaled_brier": "Scaled Brier score",
    "observed_to_expected": "Observed / expected",
    "calibration_slope": "Calibration slope",
    "integrated_brier": "Integrated Brier score",
    "scaled_integrated_brier": "Scaled integrated Brier score",
}
ERRORS = ("brier", "scaled_brier", "integrated_brier")


def gather_survival(evaluation: Evaluation) -> dict[str, Any]:
    """Gather what the page shows of the performance of a survival task; follow-up has sections of its own."""
    return {
        "performance": [
            tabulate_aucs(evaluation),
            tabulate_at_horizons(evaluation),
            tabulate_risk_at_horizons(evaluation),
        ],
        "further": [tabulate_scores_of_others(evaluation)] if len(evaluation.models) > 1 else [],
        "comparison": tabulate_comparison(evaluation) if len(evaluation.models) > 1 else None,
        "figures": _gather_figures(evaluation),
    }


def tabulate_at_horizons(evaluation: Evaluation) -> Table:
    """Tabulate error and calibration of the primary model's probabilities at the horizons, and up to the last."""
    table = evaluation.tables["task_horizons"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for (statistic, horizon), of_statistic in table.groupby(["statistic", "horizon"], sort=False):
        cells = {
            split: show_estimate_and_counts(row, f"{row['events']} / {row['n']}")
            for split, row in index_by_split(of_statistic).items()
        }
        until = "up to" if "integrated" in str(statistic) else "at"
        rows.append((f"{STATISTICS[str(statistic)]}, {until} {float(str(horizon)):g} months", cells))
    note = (
        "Counts: events / cases. Brier scores: weighted by the inverse probability of censoring; 0 is perfect (scaled: "
        "1 is perfect, 0 the Kaplan-Meier curve of the set); intervals by resampled patients. Ideal: observed / "
        "expected 1, slope 1."
    )
    caption = f"{evaluation.primary}: error and calibration of the predicted risk"
    return tabulate_by_split(evaluation, caption, "Measure", rows, note)


def tabulate_scores_of_others(evaluation: Evaluation) -> Table:
    """Tabulate the error of the other models' probabilities: one row per model and measure."""
    table = evaluation.tables["task_horizons"]
    table = table[(table["model"] != evaluation.primary) & table["statistic"].isin(ERRORS)]
    rows = []
    for (model, statistic, horizon), of_statistic in table.groupby(["model", "statistic", "horizon"], sort=False):
        cells = {split: show_estimate_and_counts(row) for split, row in index_by_split(of_statistic).items()}
        rows.append((f"{model}: {STATISTICS[str(statistic)]}, {float(str(horizon)):g} months", cells))
    return tabulate_by_split(evaluation, "Error of the other models", "Model: measure", rows)


def _gather_figures(evaluation: Evaluation) -> list[Figure]:
    primary, splits = evaluation.primary, evaluation.splits
    calibration = {split: _describe_calibration(evaluation, split) for split in splits}
    decision = {split: _describe_decision(evaluation, split) for split in splits}
    figures = [
        gather_figure(
            evaluation,
            "horizon_calibration",
            "Calibration at the horizons",
            f"{primary}: observed risk (Kaplan-Meier, log-log interval) against predicted risk, in fifths.",
            calibration,
        ),
        gather_figure(
            evaluation,
            "horizon_decision",
            "Decision curves at the horizons",
            f"{primary}: net benefit of treating by the predicted risk, censored follow-up accounted for by "
            "Kaplan-Meier, with a pointwise bootstrap band.",
            decision,
        ),
    ]
    return [figure for figure in figures if figure.panels]


def _describe_calibration(evaluation: Evaluation, split: str) -> str:
    table = evaluation.tables["task_horizons"]
    chosen = (table["split"] == split) & (table["model"] == evaluation.primary)
    table = table[chosen & (table["statistic"] == "observed_to_expected")]
    values = [
        f"{row['horizon']:g} months {NOT_ESTIMABLE if math.isnan(row['estimate']) else format_decimal(row['estimate'])}"
        for row in table.to_dict("records")
    ]
    return f"calibration of {evaluation.primary}; observed to expected risk at {join_words(values) or 'no horizon'}."


def _describe_decision(evaluation: Evaluation, split: str) -> str:
    table = evaluation.tables["task_decision"]
    of_split = table[table["split"] == split]
    if of_split.empty:
        return f"decision curve of {evaluation.primary}; not estimable."
    described = []
    for horizon, curve in of_split.groupby("horizon"):
        better = curve[curve["net_benefit"] > curve[["treat_all", "treat_none"]].max(axis=1)]
        above = f"above treating all and none at {len(better)} of {len(curve)} thresholds"
        described.append(f"at {horizon:g} months {above}")
    return f"decision curve of {evaluation.primary}; {'; '.join(described)}."


def tabulate_risk_at_horizons(evaluation: Evaluation) -> Table:
    """Tabulate the primary model's mean predicted risk against the observed one, by horizon and set."""
    table = evaluation.tables["task_follow_up"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for horizon, of_horizon in table.groupby("horizon", sort=True):
        by_split = {str(row["split"]): row for row in of_horizon.to_dict("records")}
        cells = [cell for split in evaluation.splits for cell in _compare(by_split[split])]
        rows.append([Cell(f"{float(str(horizon)):g} months"), *cells])
    headings = [heading for title in evaluation.splits.values() for heading in (f"{title}: predicted", "observed")]
    note = "Mean predicted share with the event; observed by Kaplan-Meier, with log-log interval."
    caption = f"{evaluation.primary}: predicted and observed risk at the horizons"
    return Table(caption, ["Horizon", *headings], rows, note)


def _compare(row: Row) -> tuple[Cell, Cell]:
    predicted = Cell(NOT_ESTIMABLE if math.isnan(row["predicted"]) else format_decimal(row["predicted"]))
    if math.isnan(row["observed"]):
        return predicted, Cell(NOT_ESTIMABLE, row["reason"])
    return predicted, Cell(format_decimal(row["observed"]), format_interval(row["lower"], row["upper"]))
