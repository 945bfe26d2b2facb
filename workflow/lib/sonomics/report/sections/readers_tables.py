"""The tables of the section on the reader study."""

import math

import pandas as pd

from sonomics.report.elements.numbers import (
    DASH,
    NOT_ESTIMABLE,
    format_count,
    format_decimal,
    format_interval,
    format_p,
)
from sonomics.report.elements.tables import Cell, Row, Table
from sonomics.report.study.evaluation import Evaluation

ARMS = {"alone": "unaided", "aided": "aided"}
MEASURES = {"auc": "AUC", "sensitivity": "sensitivity", "specificity": "specificity"}


def select_rows(evaluation: Evaluation, name: str, split: str, **values: str) -> pd.DataFrame:
    """Return the rows of a table of one split that have the given value in every column named."""
    table = evaluation.tables[name]
    selected = table["split"] == split
    for column, value in values.items():
        selected &= table[column] == value
    return table[selected]


def tabulate_aucs(evaluation: Evaluation, split: str) -> Table:
    """Tabulate every reader's AUC, unaided and aided, its difference to the model's, and the change by the aid."""
    aucs, aid = (select_rows(evaluation, name, split) for name in ("readers_auc", "readers_aid"))
    changes = aid[(aid["scope"] == "reader") & (aid["measure"] == "auc")].set_index("name").to_dict("index")
    rows = []
    for number, (reader, of_reader) in enumerate(aucs.groupby("reader", sort=False), start=1):
        by_arm = of_reader.set_index("arm").to_dict("index")
        cells = [cell for arm in ARMS for cell in _show_auc(by_arm.get(arm))]
        heading = Cell(f"{number} · {reader}", of_reader["level"].iloc[0])
        rows.append([heading, *cells, *_show_change(changes.get(reader))])
    first = aucs.iloc[0]
    caption = f"{evaluation.splits[split]}: AUC of every reader and its difference to the model's"
    note = (
        f"{first['method']} test. Cases with a known label and a score of the model: {first['n']:.0f}, "
        f"{first['positives']:.0f} positive (first reader). P vs model: Holm's correction for the readers of an arm. "
        "Numbers are those of the figure."
    )
    columns = ["Reader", "AUC, unaided", "vs model", "P", "AUC, aided", "vs model", "P", "Change", "P"]
    return Table(caption, columns, rows, note)


def _show_auc(row: Row | None) -> list[Cell]:
    if row is None:
        return [Cell(DASH)] * 3
    difference = _show(row, "difference", "diff_lower", "diff_upper")
    return [_show(row, "auc"), difference, Cell(format_p(row["p_holm"]))]


def tabulate_means(evaluation: Evaluation, split: str) -> Table:
    """Tabulate means over all readers, and the mean AUC of every level of experience, compared with the model."""
    of_levels = select_rows(evaluation, "readers_levels", split, measure="auc")
    means = pd.concat([select_rows(evaluation, "readers_mrmc", split), of_levels])
    aid = select_rows(evaluation, "readers_aid", split)
    changes = aid[aid["scope"] != "reader"].set_index(["level", "measure"]).to_dict("index")
    rows = []
    for (level, measure), of_measure in means.groupby(["level", "measure"], sort=False):
        by_arm = of_measure.set_index("arm").to_dict("index")
        cells = [cell for arm in ARMS for cell in _show_mean(by_arm.get(arm))]
        name = f"{level}: {MEASURES[str(measure)]}"
        heading = Cell(_capitalise(name), format_count(int(of_measure["readers"].max()), "reader"))
        rows.append([heading, *cells, *_show_change(changes.get((level, measure)))])
    caption = f"{evaluation.splits[split]}: means over readers, compared with the model"
    note = (
        "Obuchowski-Rockette analysis with Hillis' degrees of freedom: it generalises to other readers and cases. "
        "vs model: mean of the readers minus the model, which is fixed. P values are not corrected here."
    )
    columns = ["Readers and measure", "Unaided", "vs model", "P", "Aided", "vs model", "P", "Change", "P"]
    return Table(caption, columns, rows, note)


def _show_mean(row: Row | None) -> list[Cell]:
    if row is None:
        return [Cell(DASH)] * 3
    return [_show(row, "mean", "mean_lower", "mean_upper"), _show(row, "difference"), Cell(format_p(row["p"]))]


def _show_change(row: Row | None) -> list[Cell]:
    return [_show(row, "difference"), Cell(format_p(row["p"]))] if row else [Cell(DASH)] * 2


def tabulate_decisions(evaluation: Evaluation, split: str) -> Table:
    """Tabulate every reader's sensitivity and specificity, unaided and aided, tested against the model."""
    points = select_rows(evaluation, "readers_points", split)
    rows = []
    for number, (reader, of_reader) in enumerate(points.groupby("reader", sort=False), start=1):
        by_point = of_reader.set_index(["arm", "measure"]).to_dict("index")
        cells = []
        for arm in ARMS:
            for measure in ("sensitivity", "specificity"):
                row = by_point.get((arm, measure))
                cells += [_show_share(row), Cell(format_p(row["p_holm"]) if row else DASH)]
        rows.append([Cell(f"{number} · {reader}", of_reader["level"].iloc[0]), *cells])
    model = points.drop_duplicates("measure").set_index("measure")["model"]
    caption = f"{evaluation.splits[split]}: readers' decisions"
    note = (
        f"{points['method'].iloc[0]}, against the model at its frozen threshold (sensitivity "
        f"{format_decimal(model['sensitivity'])}, specificity {format_decimal(model['specificity'])}); Holm's "
        "correction for the readers of an arm."
    )
    columns = ["Reader", "Sensitivity, unaided", "P", "Specificity, unaided", "P"]
    return Table(caption, [*columns, "Sensitivity, aided", "P", "Specificity, aided", "P"], rows, note)


def _show_share(row: Row | None) -> Cell:
    if row is None:
        return Cell(DASH)
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    interval = format_interval(row["lower"], row["upper"])
    counts = f"{row['hits']:.0f} of {row['n']:.0f}"
    return Cell(format_decimal(row["estimate"]), f"{counts}; {interval}" if interval else counts)


def tabulate_agreement(evaluation: Evaluation, split: str) -> Table:
    """Tabulate agreement between readers, unaided and aided, and its change: one row per question and statistic."""
    table = select_rows(evaluation, "readers_agreement", split, between="readers")
    rows = []
    for (question, statistic), of_statistic in table.groupby(["what", "statistic"], sort=False):
        by_arm = of_statistic.set_index("arm").to_dict("index")
        cells = [
            _show(by_arm[arm], "estimate") if arm in by_arm else Cell(DASH) for arm in (*ARMS, "aided minus alone")
        ]
        heading = Cell(_capitalise(str(statistic)), str(question))
        rows.append([heading, *cells, Cell(f"{of_statistic['n'].min():.0f}")])
    caption = f"{evaluation.splits[split]}: agreement between readers"
    note = "Fleiss' kappa: t interval over cases (Gwet); mean pairwise kappa and changes: jackknife over cases."
    return Table(caption, ["Statistic", "Unaided", "Aided", "Change", "Cases"], rows, note)


def tabulate_sessions(evaluation: Evaluation, split: str) -> Table:
    """Tabulate the agreement of every reader's first two sessions: one row per reader and arm."""
    table = select_rows(evaluation, "readers_agreement", split, between="sessions")
    rows = []
    for (reader, arm), of_arm in table.groupby(["reader", "arm"], sort=False):
        by_question = of_arm.set_index("what").to_dict("index")
        cells = [
            _show(by_question[question], "estimate") if question in by_question else Cell(DASH)
            for question in ("decision", "category", "score")
        ]
        rows.append([Cell(str(reader), ARMS[str(arm)]), *cells, Cell(f"{of_arm['n'].min():.0f}")])
    caption = f"{evaluation.splits[split]}: agreement of readers with themselves, between two sessions"
    note = "Decisions: Cohen's kappa; categories: Cohen's kappa with linear weights; scores: ICC(2,1)."
    return Table(caption, ["Reader", "Decisions", "Categories", "Scores", "Cases"], rows, note)


def _show(row: Row, name: str, lower: str = "lower", upper: str = "upper") -> Cell:
    if math.isnan(row[name]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return Cell(format_decimal(row[name]), format_interval(row[lower], row[upper]) or row["reason"])


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
