"""The tables of the section on the reader study."""

import math
from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from sonomics.report.elements.numbers import NOT_ESTIMABLE, Cell, decimal, interval, p_value, plural
from sonomics.report.elements.tables import Table
from sonomics.report.study.evaluation import Evaluation

MEASURES = {"auc": "AUC", "sensitivity": "sensitivity", "specificity": "specificity"}
Row = Mapping[Hashable, Any]


def rows_of(evaluation: Evaluation, name: str, split: str, **chosen: str) -> pd.DataFrame:
    """Return the rows of a table of one split, and of the value chosen in every column named."""
    table = evaluation.tables[name]
    kept = table["split"] == split
    for column, value in chosen.items():
        kept &= table[column] == value
    return table[kept]


def areas_table(evaluation: Evaluation, split: str) -> Table:
    """Every reader's AUC, alone and with help, beside the model's, and what help changes."""
    areas, aid = (rows_of(evaluation, name, split) for name in ("readers_auc", "readers_aid"))
    changes = aid[(aid["scope"] == "reader") & (aid["measure"] == "auc")].set_index("name").to_dict("index")
    rows = []
    for number, (reader, inside) in enumerate(areas.groupby("reader", sort=False), start=1):
        by_arm = inside.set_index("arm").to_dict("index")
        level = inside["level"].iloc[0]
        cells = [cell for arm in ("alone", "aided") for cell in _area(by_arm.get(arm))]
        change = changes.get(reader)
        last = [_estimate(change, "difference"), Cell(p_value(change["p"]))] if change else [Cell("–"), Cell("–")]
        rows.append([Cell(f"{number} · {reader}", level), *cells, *last])
    counts = areas.iloc[0]
    caption = f"{evaluation.splits[split]}: AUC of every reader and its difference to the model's"
    note = (
        f"{counts['method']} test. Cases with a known label and a score of the model: {counts['n']:.0f}, "
        f"{counts['positives']:.0f} positive (first reader). P to the model: Holm's correction for the readers of an "
        "arm. Numbers are those of the figure."
    )
    columns = ["Reader", "AUC alone", "To model", "P", "AUC with help", "To model", "P", "Change", "P"]
    return Table(caption, columns, rows, note)


def _area(row: Row | None) -> list[Cell]:
    if row is None:
        return [Cell("–")] * 3
    return [
        _estimate(row, "auc"),
        _estimate(row, "difference", "diff_lower", "diff_upper"),
        Cell(p_value(row["p_holm"])),
    ]


def means_table(evaluation: Evaluation, split: str) -> Table:
    """Means over all readers, and the mean AUC of every level of experience, beside the model."""
    of_levels = rows_of(evaluation, "readers_levels", split, measure="auc")
    against = pd.concat([rows_of(evaluation, "readers_mrmc", split), of_levels])
    aid = rows_of(evaluation, "readers_aid", split)
    changes = aid[aid["scope"] != "reader"].set_index(["level", "measure"]).to_dict("index")
    rows = []
    for (level, measure), inside in against.groupby(["level", "measure"], sort=False):
        by_arm = inside.set_index("arm").to_dict("index")
        cells = [cell for arm in ("alone", "aided") for cell in _mean(by_arm.get(arm))]
        change = changes.get((level, measure))
        last = [_estimate(change, "difference"), Cell(p_value(change["p"]))] if change else [Cell("–"), Cell("–")]
        name = f"{level}: {MEASURES[str(measure)]}"
        rows.append([Cell(name[0].upper() + name[1:], plural(int(inside["readers"].max()), "reader")), *cells, *last])
    caption = f"{evaluation.splits[split]}: means over readers, beside the model"
    note = (
        "Obuchowski and Rockette's analysis with Hillis' degrees of freedom: holds for other readers and cases. To "
        "model: mean of the readers minus the model, which is fixed. P values are not corrected here."
    )
    columns = ["Readers and measure", "Alone", "To model", "P", "With help", "To model", "P", "Change", "P"]
    return Table(caption, columns, rows, note)


def _mean(row: Row | None) -> list[Cell]:
    if row is None:
        return [Cell("–")] * 3
    return [_estimate(row, "mean", "mean_lower", "mean_upper"), _estimate(row, "difference"), Cell(p_value(row["p"]))]


def decisions_table(evaluation: Evaluation, split: str) -> Table:
    """Every reader's sensitivity and specificity, alone and with help, tested against the model."""
    points = rows_of(evaluation, "readers_points", split)
    rows = []
    for number, (reader, inside) in enumerate(points.groupby("reader", sort=False), start=1):
        by_point = inside.set_index(["arm", "measure"]).to_dict("index")
        cells = []
        for arm in ("alone", "aided"):
            for measure in ("sensitivity", "specificity"):
                row = by_point.get((arm, measure))
                cells += [_share(row), Cell(p_value(row["p_holm"]) if row else "–")]
        rows.append([Cell(f"{number} · {reader}", inside["level"].iloc[0]), *cells])
    model = points.drop_duplicates("measure").set_index("measure")["model"]
    caption = f"{evaluation.splits[split]}: readers' decisions"
    note = (
        f"{points['method'].iloc[0]}, against the model at its frozen threshold (sensitivity "
        f"{decimal(model['sensitivity'])}, specificity {decimal(model['specificity'])}); Holm's correction for the "
        "readers of an arm."
    )
    columns = ["Reader", *("Sensitivity alone", "P", "Specificity alone", "P")]
    return Table(caption, [*columns, "Sensitivity with help", "P", "Specificity with help", "P"], rows, note)


def _share(row: Row | None) -> Cell:
    if row is None:
        return Cell("–")
    if math.isnan(row["estimate"]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    bounds = interval(row["lower"], row["upper"])
    counts = f"{row['hits']:.0f} of {row['n']:.0f}"
    return Cell(decimal(row["estimate"]), f"{counts}; {bounds}" if bounds else counts)


def agreement_table(evaluation: Evaluation, split: str) -> Table:
    """Agreement between readers alone and with help, and its change: a row a question and statistic."""
    table = rows_of(evaluation, "readers_agreement", split, between="readers")
    rows = []
    arms = ("alone", "aided", "aided minus alone")
    for (what, statistic), inside in table.groupby(["what", "statistic"], sort=False):
        by_arm = inside.set_index("arm").to_dict("index")
        cells = [_estimate(by_arm[arm], "estimate") if arm in by_arm else Cell("–") for arm in arms]
        rows.append(
            [Cell(str(statistic)[0].upper() + str(statistic)[1:], str(what)), *cells, Cell(f"{inside['n'].min():.0f}")]
        )
    caption = f"{evaluation.splits[split]}: agreement between readers"
    note = "Fleiss' kappa: t interval over cases (Gwet); mean pairwise kappa and changes: jackknife over cases."
    return Table(caption, ["Statistic", "Alone", "With help", "Change", "Cases"], rows, note)


def sessions_table(evaluation: Evaluation, split: str) -> Table:
    """Agreement of every reader's first two sessions: a row a reader and arm."""
    table = rows_of(evaluation, "readers_agreement", split, between="sessions")
    rows = []
    for (reader, arm), inside in table.groupby(["reader", "arm"], sort=False):
        by_what = inside.set_index("what").to_dict("index")
        asked = ("decision", "category", "score")
        cells = [_estimate(by_what[what], "estimate") if what in by_what else Cell("–") for what in asked]
        rows.append([Cell(str(reader), str(arm)), *cells, Cell(f"{inside['n'].min():.0f}")])
    caption = f"{evaluation.splits[split]}: agreement of readers with themselves, between two sessions"
    note = "Decisions: Cohen's kappa; categories: Cohen's kappa with linear weights; scores: ICC(2,1)."
    return Table(caption, ["Reader", "Decisions", "Categories", "Scores", "Cases"], rows, note)


def _estimate(row: Row, name: str, lower: str = "lower", upper: str = "upper") -> Cell:
    if math.isnan(row[name]):
        return Cell(NOT_ESTIMABLE, row["reason"])
    return Cell(decimal(row[name]), interval(row[lower], row[upper]) or row["reason"])
