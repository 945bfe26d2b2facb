"""The section on time to the event: concordance, estimates at horizons, and the assumptions of the Cox models."""

import math

from sonomics.core.settings.parameters import Parameters
from sonomics.kinds.wording import join_words
from sonomics.report.elements.figures import gather_figure
from sonomics.report.elements.numbers import NOT_ESTIMABLE, format_decimal, format_p
from sonomics.report.elements.section import Section
from sonomics.report.elements.split_tables import index_by_split, tabulate_by_split
from sonomics.report.elements.tables import Cell, Row, Table, show_estimate_and_counts, show_p
from sonomics.report.study.evaluation import Evaluation

STATISTICS = {
    "harrell_c": "Harrell's C",
    "uno_c": "Uno's C",
    "auc": "Time-dependent AUC",
    "brier": "Brier score (IPCW)",
    "scaled_brier": "Scaled Brier score",
}
SUMMARY = {"median_follow_up": "Median follow-up, months", "median_survival": "Median time to the event, months"}
GROUPS = {"all": "all", "high": "high risk", "low": "low risk"}


def build(evaluation: Evaluation, params: Parameters) -> Section | None:
    """Build the section on how well the score orders cases in time; None without follow-up."""
    if "survival" not in evaluation.tables:
        return None
    tables = [
        _tabulate_performance(evaluation),
        *([_tabulate_other_models(evaluation)] if len(evaluation.models) > 1 else []),
        _tabulate_follow_up(evaluation),
        _tabulate_proportional_hazards(evaluation),
        _tabulate_cutpoint(evaluation),
    ]
    alternatives = {split: _describe_decision_curves(evaluation, split) for split in evaluation.splits}
    caption = (
        f"{evaluation.primary}: treating by the predicted risk of an event by the horizon, compared with treating all "
        "or none; censored follow-up is accounted for by Kaplan-Meier."
    )
    figure = gather_figure(evaluation, "survival_decision", "Decision curves over time", caption, alternatives)
    of_label = (
        "The label states who has the event by one moment; these results use the whole follow-up, in which cases that "
        "were lost early count for as long as they were followed. "
    )
    of_risks = "Risks at a horizon come from a Cox model of the score, fitted on training cases only. "
    paragraphs = [
        f"{of_label if evaluation.is_binary else ''}C is the proportion of pairs of cases that the score "
        "orders correctly: 0.5 is chance. At a horizon, cases with the event by then are compared with those still "
        "free of it.",
        f"{of_risks if evaluation.is_binary else ''}Times are in months.",
    ]
    figures = [figure] if figure.panels and evaluation.is_binary else []
    return Section("time", "Time to the event", paragraphs, tables, figures)


def _tabulate_performance(evaluation: Evaluation) -> Table:
    table = evaluation.tables["survival"]
    # The probabilities of a survival task's own models are judged with its performance.
    shown = STATISTICS if evaluation.is_binary else [name for name in STATISTICS if "brier" not in name]
    table = table[(table["model"] == evaluation.primary) & table["statistic"].isin(list(shown))]
    rows = []
    for (statistic, horizon), of_statistic in table.groupby(["statistic", "horizon"], sort=False, dropna=False):
        cells = {
            split: show_estimate_and_counts(row, f"{row['events']} / {row['n']}" if statistic == "harrell_c" else "")
            for split, row in index_by_split(of_statistic).items()
        }
        until = "" if math.isnan(float(str(horizon))) else f", {float(str(horizon)):g} months"
        rows.append((f"{STATISTICS[str(statistic)]}{until}", cells))
    resampled = table["method"].str.startswith("bootstrap")
    by_bootstrap = [word for key, word in STATISTICS.items() if (resampled & (table["statistic"] == key)).any()]
    exceptions = f", of {join_words(by_bootstrap)} bootstrap over patients" if by_bootstrap else ""
    note = f"With C: events / cases. Intervals: infinitesimal jackknife{exceptions}."
    caption = f"{evaluation.primary}: the score against time to the event"
    return tabulate_by_split(evaluation, caption, "Statistic", rows, note)


def _tabulate_other_models(evaluation: Evaluation) -> Table:
    table = evaluation.tables["survival"]
    table = table[(table["statistic"] == "harrell_c") & (table["model"] != evaluation.primary)]
    rows = [
        (str(model), {split: show_estimate_and_counts(row) for split, row in index_by_split(of_model).items()})
        for model, of_model in table.groupby("model", sort=False)
    ]
    note = "Their results at horizons: survival.csv."
    return tabulate_by_split(evaluation, "Harrell's C of the other models", "Model", rows, note)


def _tabulate_follow_up(evaluation: Evaluation) -> Table:
    table = evaluation.tables["follow_up"]
    rows = []
    for (statistic, horizon, group), of_group in table.groupby(
        ["statistic", "horizon", "group"], sort=False, dropna=False
    ):
        months = float(str(horizon))
        name = SUMMARY.get(str(statistic), f"Free of the event at {months:g} months")
        digits = 2 if statistic == "survival" else 1
        cells = {split: show_estimate_and_counts(row, digits=digits) for split, row in index_by_split(of_group).items()}
        rows.append((f"{name}, {GROUPS[str(group)]}", cells))
    note = "Follow-up by reverse Kaplan-Meier; survival with log-log intervals; risk groups by the frozen threshold."
    return tabulate_by_split(evaluation, "Follow-up and event-free survival of the risk groups", "Measure", rows, note)


def _tabulate_proportional_hazards(evaluation: Evaluation) -> Table:
    table = evaluation.tables["proportional_hazards"]
    rows = []
    for term, of_term in table.groupby("term", sort=False):
        cells = {split: _show_score_test(row) for split, row in index_by_split(of_term).items()}
        rows.append(("all terms together" if term == "GLOBAL" else str(term), cells))
    note = "A small P indicates that a hazard ratio changes with time; a large P does not prove that it stays the same."
    return tabulate_by_split(evaluation, "Are the hazards proportional? P of the score test", "Term", rows, note)


def _show_score_test(row: Row) -> Cell:
    if math.isnan(row["p"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return show_p(row["p"], f"chi-square {format_decimal(row['chi2'])}, df {row['df']:.0f}")


def _tabulate_cutpoint(evaluation: Evaluation) -> Table:
    cells = {split: _show_cutpoint(row) for split, row in index_by_split(evaluation.tables["cutpoint"]).items()}
    note = (
        "Chosen on training cases for the largest log-rank statistic, its P corrected for the choice (Lausen and "
        "Schumacher); elsewhere the plain log-rank test at the same cutpoint. No other result uses it."
    )
    rows = [(f"{evaluation.primary}, cutpoint", cells)]
    return tabulate_by_split(evaluation, "The cutpoint that best separates survival, and its P", "Model", rows, note)


def _show_cutpoint(row: Row) -> Cell:
    if math.isnan(row["cutpoint"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    test = row["reason"] if math.isnan(row["p"]) else f"P {format_p(row['p'])}"
    return Cell(format_decimal(row["cutpoint"], 3), f"{test}; {row['n_high']} above, {row['n_low']} not above")


def _describe_decision_curves(evaluation: Evaluation, split: str) -> str:
    table = evaluation.tables["survival_decision"]
    of_split = table[table["split"] == split]
    if of_split.empty:
        return "decision curve over time; not estimable."
    described = []
    for horizon, curve in of_split.groupby("horizon"):
        better = curve[curve["net_benefit"] > curve[["treat_all", "treat_none"]].max(axis=1)]
        above = f"above treating all and none at {len(better)} of {len(curve)} thresholds"
        described.append(f"at {horizon:g} months {above}")
    return f"decision curve over time; {'; '.join(described)}."
