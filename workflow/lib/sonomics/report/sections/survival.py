"""The section on time to the event: concordance, figures at horizons, and what the Cox models rest on."""

import math
from collections.abc import Mapping
from typing import Any

from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, listed, p_value
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import by_split, figure_cell, grid, p_cell, plate_of
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

STATISTICS = {
    "harrell_c": "Harrell's C",
    "uno_c": "Uno's C",
    "auc": "AUC, event by then",
    "brier": "Brier score (IPCW)",
    "scaled_brier": "Scaled Brier score",
}
SUMMARY = {"median_follow_up": "Median follow-up, months", "median_survival": "Median time to the event, months"}
GROUPS = {"all": "all", "high": "high risk", "low": "low risk"}


def survival_section(evaluation: Evaluation, params: Mapping[str, Any]) -> Section | None:
    """Show how well the score orders cases in time; None without follow-up."""
    if "survival" not in evaluation.tables:
        return None
    tables = [
        _performance(evaluation),
        *([_others(evaluation)] if len(evaluation.models) > 1 else []),
        _follow_up(evaluation),
        _proportional(evaluation),
        _cutpoint(evaluation),
    ]
    words = {split: _alternative(evaluation, split) for split in evaluation.splits}
    caption = (
        f"{evaluation.primary}: treating by the predicted risk of an event by the horizon, against treating all or "
        "none; follow-up that ended early is accounted for by Kaplan-Meier."
    )
    plate = plate_of(evaluation, "survival_decision", "Decision curves over time", caption, words)
    paragraphs = [
        "The label asks who has the event by one moment; these figures use the whole follow-up, and cases that were "
        "lost early count for as long as they were seen. C is the share of pairs of cases that the score puts in the "
        "right order: 0.5 is chance. At a horizon, cases with the event by then are held against those still free.",
        "Risks at a horizon come from a Cox model of the score, fitted on training cases alone. Times are in months.",
    ]
    return Section("time", "Time to the event", paragraphs, tables, [plate] if plate.panels else [])


def _performance(evaluation: Evaluation) -> Table:
    table = evaluation.tables["survival"]
    table = table[table["model"] == evaluation.primary]
    rows = []
    for (statistic, horizon), inside in table.groupby(["statistic", "horizon"], sort=False, dropna=False):
        cells = {
            split: figure_cell(row, f"{row['events']} / {row['n']}" if statistic == "harrell_c" else "")
            for split, row in by_split(inside).items()
        }
        until = "" if math.isnan(float(str(horizon))) else f", {float(str(horizon)):g} months"
        rows.append((f"{STATISTICS[str(statistic)]}{until}", cells))
    drawn = table["method"].str.startswith("bootstrap")
    by_patient = [words for key, words in STATISTICS.items() if (drawn & (table["statistic"] == key)).any()]
    own = "infinitesimal jackknife" + (f", of {listed(by_patient)} bootstrap over patients" if by_patient else "")
    note = f"With C: events / cases. Intervals: {own}."
    return grid(evaluation, f"{evaluation.primary}: the score against time to the event", "Statistic", rows, note)


def _others(evaluation: Evaluation) -> Table:
    table = evaluation.tables["survival"]
    table = table[(table["statistic"] == "harrell_c") & (table["model"] != evaluation.primary)]
    rows = [
        (str(model), {split: figure_cell(row) for split, row in by_split(inside).items()})
        for model, inside in table.groupby("model", sort=False)
    ]
    return grid(
        evaluation, "Harrell's C of the other models", "Model", rows, "Their figures at horizons: survival.csv."
    )


def _follow_up(evaluation: Evaluation) -> Table:
    table = evaluation.tables["follow_up"]
    rows = []
    for (statistic, horizon, group), inside in table.groupby(
        ["statistic", "horizon", "group"], sort=False, dropna=False
    ):
        moment = float(str(horizon))
        name = SUMMARY.get(str(statistic), f"Free of the event at {moment:g} months")
        digits = 2 if statistic == "survival" else 1
        cells = {split: figure_cell(row, digits=digits) for split, row in by_split(inside).items()}
        rows.append((f"{name}, {GROUPS[str(group)]}", cells))
    note = "Follow-up by reverse Kaplan-Meier; survival with log-log intervals; risk groups by the frozen threshold."
    return grid(evaluation, "Follow-up, and how long the risk groups stayed free of the event", "Measure", rows, note)


def _proportional(evaluation: Evaluation) -> Table:
    table = evaluation.tables["proportional_hazards"]
    rows = []
    for term, inside in table.groupby("term", sort=False):
        cells = {
            split: p_cell(row["p"], f"chi-square {decimal(row['chi2'])}, df {row['df']:.0f}", row["reason"])
            if not math.isnan(row["p"])
            else Cell(NOT_ESTIMABLE, row["reason"])
            for split, row in by_split(inside).items()
        }
        rows.append(("all terms together" if term == "GLOBAL" else str(term), cells))
    note = "A small P says that a hazard ratio changes with time; a large P does not prove that it stays the same."
    return grid(evaluation, "Are the hazards proportional? P of the score test", "Term", rows, note)


def _cutpoint(evaluation: Evaluation) -> Table:
    table = evaluation.tables["cutpoint"]
    cells = {split: _cut(row) for split, row in by_split(table).items()}
    note = (
        "Chosen on training cases for the largest log-rank statistic, its P corrected for the choice (Lausen and "
        "Schumacher); elsewhere the plain log-rank test at the same cutpoint. No other figure uses it."
    )
    rows = [(f"{evaluation.primary}, cutpoint", cells)]
    return grid(evaluation, "The cutpoint that parts survival best, and its P", "Model", rows, note)


def _cut(row: Mapping[Any, Any]) -> Cell:
    if math.isnan(row["cutpoint"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    tested = row["reason"] if math.isnan(row["p"]) else f"P {p_value(row['p'])}"
    return Cell(decimal(row["cutpoint"], 3), f"{tested}; {row['n_high']} above, {row['n_low']} not")


def _alternative(evaluation: Evaluation, split: str) -> str:
    table = evaluation.tables["survival_decision"]
    inside = table[table["split"] == split]
    if inside.empty:
        return "decision curve over time; not estimable."
    told = []
    for horizon, curve in inside.groupby("horizon"):
        better = curve[curve["net_benefit"] > curve[["treat_all", "treat_none"]].max(axis=1)]
        told.append(f"at {horizon:g} months above treating all and none at {len(better)} of {len(curve)} thresholds")
    return f"decision curve over time; {'; '.join(told)}."
