"""The table of readers' decisions against the reference standard, with those of the model on the same cases."""

import math
from collections.abc import Iterator
from typing import Any

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
from sonomics.report.sections.readers_tables import select_rows
from sonomics.report.study.evaluation import Evaluation

ARMS = {"alone": "unaided", "aided": "aided", "aided minus alone": "change"}
MEASURES = {
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "ppv": "PPV",
    "npv": "NPV",
    "f1": "F1",
    "macro_f1": "Macro F1",
    "kappa": "Kappa",
    "weighted_kappa": "Weighted kappa",
}
NOTE = (
    "Kappa is agreement with the reference standard. Intervals of shares: {shares}; of F1 and kappa: jackknife over "
    "patients; of means: Obuchowski-Rockette, for other readers and cases. Change: aided minus unaided, paired. "
    "Means count the cases that all of these readers decided on."
)

Rows = dict[Any, Any]


def tabulate_reference(evaluation: Evaluation, split: str) -> Table:
    """Tabulate decisions of two labels against the reference standard: every reader, level and the mean, by arm."""
    return tabulate_decided(evaluation, split, "readers_reference")


def tabulate_decided(evaluation: Evaluation, split: str, name: str) -> Table:
    """Tabulate a table of `readers_reference`: one row per reader, level or mean and arm, one column per measure."""
    table = select_rows(evaluation, name, split)
    if table.loc[table["scope"] == "level", "name"].nunique() < 2:
        table = table[table["scope"] != "level"]  # the level is then all readers
    measures = list(dict.fromkeys(table["measure"]))
    number, rows, models = 0, [], []
    for (scope, of_name), of_group in table.groupby(["scope", "name"], sort=False):
        number += scope == "reader"
        title = (
            f"{number} · {of_name}"
            if scope == "reader"
            else _name_mean(str(scope), str(of_name), of_group["readers"].max())
        )
        rows += list(_show_group(title, of_group, measures))
        models.append(_show_model(evaluation.primary, of_group, measures))
        rows.append(models[-1])
    if all(model[1:] == models[0][1:] for model in models):
        rows = [row for row in rows if not any(row is model for model in models)] + models[:1]
    shares = sorted({method for method in table["method"] if method.startswith(("Wilson", "Wald"))})
    caption = f"{evaluation.splits[split]}: readers against the reference standard"
    headings = ["Decisions", *(MEASURES[measure] for measure in measures), "Cases"]
    return Table(caption, headings, rows, NOTE.format(shares=" or ".join(shares) or DASH))


def _name_mean(scope: str, level: str, readers: int) -> str:
    return f"Mean of {format_count(readers, f'{level} reader' if scope == 'level' and level else 'reader')}"


def _show_group(title: str, of_group: pd.DataFrame, measures: list[str]) -> Iterator[list[Cell]]:
    for arm, words in ARMS.items():
        by_measure = of_group[of_group["arm"] == arm].set_index("measure").to_dict("index")
        if by_measure:
            cells = [_show(by_measure[measure]) for measure in measures]
            count = max(row["n"] for row in by_measure.values())
            yield [Cell(f"{title}, {words}", _say_level(of_group)), *cells, Cell(f"{count:.0f}")]


def _say_level(of_group: pd.DataFrame) -> str:
    first = of_group.iloc[0]
    return str(first["level"]) if first["scope"] == "reader" else ""


def _show_model(model: str, of_group: pd.DataFrame, measures: list[str]) -> list[Cell]:
    """Show the model on the cases of the first arm there is; the cases of the other arm are in the table itself."""
    first = of_group[of_group["arm"] == of_group["arm"].iloc[0]].set_index("measure").to_dict("index")
    cells = [_show_bounded(first[measure], "model", "model_lower", "model_upper") for measure in measures]
    return [Cell(f"{model}, on the same cases"), *cells, Cell(f"{max(row['n'] for row in first.values()):.0f}")]


def _show(row: Row) -> Cell:
    shown = _show_bounded(row, "estimate", "lower", "upper")
    return Cell(shown.main, f"{shown.detail}; P {format_p(row['p'])}") if not math.isnan(row["p"]) else shown


def _show_bounded(row: Row, name: str, lower: str, upper: str) -> Cell:
    if math.isnan(row[name]):
        return Cell(NOT_ESTIMABLE, row["reason"]) if name == "estimate" else Cell(DASH)
    interval = format_interval(row[lower], row[upper])
    return Cell(format_decimal(row[name]), interval or (row["reason"] if name == "estimate" else ""))
