"""Questions of several classes, answered by predictions from elsewhere: per class, macro, weighted, confusion."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.errors import StudyError
from sonomics.core.outcomes import refuse_rows
from sonomics.core.settings.evaluate import Classes
from sonomics.core.words import canonical, canonical_column
from sonomics.evaluate.optional.declared_files import read_declared
from sonomics.evaluate.optional.external_models import check_probabilities
from sonomics.evaluate.samples.splits import sort_splits
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.statistics.classification.multiclass import ClassAucs, ClassReport, class_aucs, class_report

AVERAGES = ("macro", "weighted")
OVERALL = "all"
COLUMNS = "question model split class statistic estimate lower upper n method reason"
CONFUSION = "question model split true decided count"
SUM_TOLERANCE = 1e-3


Row = dict[str, object]


def questions_tables(context: Context) -> Tables:
    """Make the tables of the questions of several classes that `evaluate.classes` names."""
    return class_tables(context.cohort, context.settings.classes, context.settings.level)


def class_tables(cohort: pd.DataFrame, questions: Mapping[str, Classes], level: float) -> Tables:
    """Evaluate the predictions for all questions of several classes.

    Parameters
    ----------
    cohort : DataFrame
        Unmasked, with the questions' columns.
    questions : mapping of str to Classes
        Question to its column, classes and models.
    level : float
        Confidence level.

    Returns
    -------
    dict
        `classes`: `question, model, split, class, statistic, estimate, lower, upper, n, method, reason`; class is one
        of the question's, "macro", "weighted" or "all". `confusion`: `question, model, split, true, decided, count`.
        The decision is the class of the largest probability, of equal ones the first as listed.
    """
    rows: list[Row] = []
    confusion: list[Row] = []
    by_case = cohort.set_index("case")
    for question, settings in questions.items():
        true_class = canonical_column(by_case[settings.column])
        classes = [canonical(name) for name in settings.classes]
        for model, file in settings.models.items():
            where = f"{file.file} (evaluate.classes.{question}.models.{model})"
            table = read_declared(Path(file.file), file.sha256, where)
            wide = pivot_probabilities(table, classes, where)
            is_absent = ~table["case"].isin(by_case.index)
            refuse_rows(is_absent, "case", where, "is not in the cohort", "list it, or remove its rows")
            split_of_case, true = by_case["split"].loc[wide.index], true_class.loc[wide.index]
            complete = true.notna() & wide.notna().all(axis=1)
            for split in sort_splits(by_case["split"]):
                used = (complete & (split_of_case == split)).to_numpy()
                entries, counts = evaluate_classes(true[used], wide[used], classes, level, where)
                names = {"question": question, "model": model, "split": split}
                rows += [{**names, **entry} for entry in entries]
                confusion += [{**names, **count} for count in counts]
    return {
        "classes": pd.DataFrame(rows, columns=COLUMNS.split()),
        "confusion": pd.DataFrame(confusion, columns=CONFUSION.split()),
    }


def pivot_probabilities(frame: pd.DataFrame, classes: list[str], where: str) -> pd.DataFrame:
    """Pivot the probabilities of the classes to one row per case.

    Parameters
    ----------
    frame : DataFrame
        With `case, class, value`, one row per case and class.
    classes : list of str
    where : str
        Names the table in messages.
    places : (cases,) array, optional
        Places of the decided classes; by itself those of the largest probabilities.

    Returns
    -------
    DataFrame, shape (cases, classes)
        Indexed by case; NaN where a probability is missing.

    Raises
    ------
    StudyError
        When a column, a class or a row is not as it must be, or the probabilities of a case do not sum to 1.
    """
    for column in ("case", "class", "value"):
        if column not in frame:
            fix = "give case, class and value, one row per case and class"
            raise StudyError(where, f"there is no column {column}", fix)
    check_probabilities(frame.assign(kind="probability"), where)
    named = canonical_column(frame["class"])
    fix = f"use {', '.join(classes)}"
    refuse_rows(~named.isin(classes), "class", where, "is not one of the question's classes", fix)
    is_repeated = frame.assign(**{"class": named}).duplicated(["case", "class"])
    refuse_rows(is_repeated, "value", where, "is a second one of its case and class", "keep one")
    wide = frame.assign(**{"class": named}).pivot(index="case", columns="class", values="value")
    wide = wide.reindex(columns=classes)
    total = wide.sum(axis=1, skipna=False)
    is_off = frame["case"].map((total - 1).abs() > SUM_TOLERANCE)
    fix = "give probabilities of all classes that sum to 1"
    refuse_rows(is_off, "value", where, "is of a case whose probabilities do not sum to 1", fix)
    return wide


def evaluate_classes(
    true: pd.Series,
    probabilities: pd.DataFrame,
    classes: list[str],
    level: float,
    where: str,
    places: NDArray[np.int64] | None = None,
) -> tuple[list[Row], list[Row]]:
    """Evaluate the decisions and probabilities of one model on one set.

    Parameters
    ----------
    true : Series of str, indexed by case
    probabilities : DataFrame, shape (cases, classes)
    classes : list of str
    level : float
    where : str
        Names the table in messages.
    places : (cases,) array, optional
        Places of the decided classes; by itself those of the largest probabilities.

    Returns
    -------
    rows, counts : list of dict
        As the tables `classes` and `confusion` of `class_tables`, without question, model and split.
    """
    if probabilities.empty:
        reason = "no case with a known class and all probabilities"
        return [{"class": OVERALL, "n": 0, **_row("accuracy", np.nan, reason)}], []
    if unknown := int((~true.isin(classes)).sum()):
        rule = f"the class of {unknown} cases in the cohort is not one of the question's"
        raise StudyError(where, rule, f"use {', '.join(classes)}")
    decided = np.asarray(classes)[probabilities.to_numpy().argmax(axis=1) if places is None else places]
    report = class_report(true, decided, classes, level)
    areas = class_aucs(true, probabilities.to_numpy(), classes, level)
    counts: list[Row] = [
        {"true": name, "decided": decision, "count": int(count)}
        for name, row in zip(classes, report.confusion.to_numpy(), strict=True)
        for decision, count in zip(classes, row, strict=True)
    ]
    return [*_per_class(report, areas), *_over_classes(report, areas, len(true))], counts


def _per_class(report: ClassReport, areas: ClassAucs) -> list[Row]:
    rows: list[Row] = []
    area_by_class = areas.classes.to_dict("index")
    for name, row in report.classes.to_dict("index").items():
        area = area_by_class[name]
        entries = [_row("recall", row["recall"], row["reason"], row["recall_lower"], row["recall_upper"], "Wilson")]
        entries += [_row(key, row[key], row["reason"]) for key in ("precision", "specificity", "f1")]
        bounds = (area["lower"], area["upper"])
        entries.append(_row("auc", area["auc"], area["reason"], *bounds, "one against rest, DeLong"))
        rows += [{"class": name, "n": int(row["n"]), **entry} for entry in entries]
    return rows


def _over_classes(report: ClassReport, areas: ClassAucs, n: int) -> list[Row]:
    rows: list[Row] = []
    by_average = report.averages.to_dict("index")
    for average in AVERAGES:
        row = by_average[average]
        entries = [_row(key, row[key], row["reason"]) for key in ("precision", "recall", "f1")]
        entries.append(_row("auc", getattr(areas, average), areas.reason, method="mean of one against rest"))
        rows += [{"class": average, "n": n, **entry} for entry in entries]
    one_class = "truth or decision is one class only"
    entries = [
        _row("accuracy", report.accuracy.estimate, "no case", *report.accuracy.wilson, method="Wilson"),
        _row("kappa", report.kappa, one_class),
        _row("mcc", report.mcc, one_class),
        _row("hand_till_m", areas.hand_till, areas.reason, method="Hand and Till 2001"),
    ]
    return [*rows, *({"class": OVERALL, "n": n, **entry} for entry in entries)]


def _row(
    statistic: str, estimate: float, reason: str, lower: float = np.nan, upper: float = np.nan, method: str = ""
) -> Row:
    bounds = {"estimate": estimate, "lower": lower, "upper": upper}
    return {"statistic": statistic, **bounds, "method": method, "reason": reason if np.isnan(estimate) else ""}
