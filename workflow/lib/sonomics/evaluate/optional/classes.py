"""Questions of several classes, answered by predictions that are dropped in: per class, macro, weighted, confusion."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.evaluate.cases import ordered_splits
from sonomics.evaluate.optional.external_models import check_probabilities, read_stated
from sonomics.statistics.classification.multiclass import ClassAucs, ClassReport, class_aucs, class_report

AVERAGES = ("macro", "weighted")
OVERALL = "all"
COLUMNS = "question model split class statistic estimate lower upper n method reason"
CONFUSION = "question model split true decided count"
SUM_TOLERANCE = 1e-3


def class_tables(cohort: pd.DataFrame, questions: Mapping[str, Any], level: float) -> dict[str, pd.DataFrame]:
    """Evaluate the dropped-in predictions of all questions of several classes.

    Parameters
    ----------
    cohort : DataFrame
        Unmasked, with the questions' columns.
    questions : mapping
        The section `evaluate.classes`: name to `column`, `classes` and `models` (name to `file` and `sha256`).
    level : float

    Returns
    -------
    dict
        `classes`: `question, model, split, class, statistic, estimate, lower, upper, n, method, reason`; class is one
        of the question's, "macro", "weighted" or "all". `confusion`: `question, model, split, true, decided, count`.
        The decision is the class of the largest probability, of equal ones the first as listed.
    """
    rows: list[dict[str, object]] = []
    counted: list[dict[str, object]] = []
    for question, stated in questions.items():
        truth = cohort.set_index("case")[stated["column"]].map(_text, na_action="ignore")
        classes = [str(name) for name in stated["classes"]]
        for model, source in stated["models"].items():
            where = f"{source['file']} (evaluate.classes.{question}.models.{model})"
            wide = probabilities(read_stated(Path(source["file"]), source["sha256"], where), classes, where)
            splits = cohort.set_index("case")["split"]
            if len(absent := wide.index.difference(splits.index)):
                raise StudyError(f"{where}, case {absent[0]}", "the case is not in the cohort", "list it, or remove it")
            for split in ordered_splits(list(splits)):
                inside = wide.loc[wide.index[(splits.loc[wide.index] == split).to_numpy()]]
                known = inside[truth.loc[inside.index].notna().to_numpy() & inside.notna().all(axis=1).to_numpy()]
                head = {"question": question, "model": model, "split": split}
                entries, counts = _evaluated(truth.loc[known.index], known, classes, level, where)
                rows += [{**head, **entry} for entry in entries]
                counted += [{**head, **count} for count in counts]
    return {
        "classes": pd.DataFrame(rows, columns=COLUMNS.split()),
        "confusion": pd.DataFrame(counted, columns=CONFUSION.split()),
    }


def probabilities(frame: pd.DataFrame, classes: list[str], where: str) -> pd.DataFrame:
    """Put the probabilities of the classes of every case side by side.

    Parameters
    ----------
    frame : DataFrame
        With `case, class, value`, a row a case and class.
    classes : list of str
    where : str
        Named in messages.

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
            raise StudyError(
                where, f"there is no column {column}", "give case, class and value, a row a case and class"
            )
    check_probabilities(frame.assign(kind="probability"), where)
    named = frame["class"].astype(str)
    if len(odd := named[~named.isin(classes)]):
        raise StudyError(where, f"there is a class {odd.iloc[0]!r}", f"the question has {', '.join(classes)}")
    if len(twice := frame[frame.duplicated(["case", "class"])]):
        row = twice.iloc[0]
        raise StudyError(f"{where}, case {row['case']}", f"class {row['class']} has two values", "keep one")
    wide = (
        frame.assign(**{"class": named}).pivot(index="case", columns="class", values="value").reindex(columns=classes)
    )
    total = wide.sum(axis=1, skipna=False)
    if len(off := total[(total - 1).abs() > SUM_TOLERANCE]):
        rule = f"the probabilities of the classes sum to {off.iloc[0]:g}"
        raise StudyError(f"{where}, case {off.index[0]}", rule, "give probabilities of all classes that sum to 1")
    return wide


def _evaluated(
    truth: pd.Series, known: pd.DataFrame, classes: list[str], level: float, where: str
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    if known.empty:
        reason = "no case with a known class and all probabilities"
        blank = {"class": OVERALL, "statistic": "accuracy", "estimate": np.nan, "n": 0, "method": "", "reason": reason}
        return [blank], []
    if len(odd := truth[~truth.isin(classes)]):
        rule = f"its class in the cohort is {odd.iloc[0]!r}"
        raise StudyError(f"{where}, case {odd.index[0]}", rule, f"the question has {', '.join(classes)}")
    decided = np.asarray(classes)[known.to_numpy().argmax(axis=1)]
    report = class_report(truth, decided, classes, level)
    areas = class_aucs(truth, known.to_numpy(), classes, level)
    counts: list[dict[str, object]] = [
        {"true": true, "decided": name, "count": int(count)}
        for true, row in zip(classes, report.confusion.to_numpy(), strict=True)
        for name, count in zip(classes, row, strict=True)
    ]
    return [*_per_class(report, areas), *_over_classes(report, areas, len(known))], counts


def _per_class(report: ClassReport, areas: ClassAucs) -> list[dict[str, object]]:
    rows = []
    by_class = areas.classes.to_dict("index")
    for name, row in report.classes.to_dict("index").items():
        area = by_class[name]
        found = [_row("recall", row["recall"], row["reason"], row["recall_lower"], row["recall_upper"], "Wilson")]
        found += [_row(key, row[key], row["reason"]) for key in ("precision", "specificity", "f1")]
        found.append(_row("auc", area["auc"], area["reason"], area["lower"], area["upper"], "one against rest, DeLong"))
        rows += [{"class": name, "n": int(row["n"]), **entry} for entry in found]
    return rows


def _over_classes(report: ClassReport, areas: ClassAucs, n: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    by_average = report.averages.to_dict("index")
    for average in AVERAGES:
        line = by_average[average]
        found = [_row(key, line[key], line["reason"]) for key in ("precision", "recall", "f1")]
        found.append(_row("auc", getattr(areas, average), areas.reason, method="mean of one against rest"))
        rows += [{"class": average, **entry} for entry in found]
    accuracy = report.accuracy
    one = "truth or decision is one class only"
    found = [
        _row("accuracy", accuracy.estimate, "no case", *accuracy.wilson, method="Wilson"),
        _row("kappa", report.kappa, one),
        _row("mcc", report.mcc, one),
        _row("hand_till_m", areas.hand_till, areas.reason, method="Hand and Till 2001"),
    ]
    rows += [{"class": OVERALL, **entry} for entry in found]
    return [{**row, "n": n} for row in rows]


def _row(
    statistic: str, estimate: float, reason: str, lower: float = np.nan, upper: float = np.nan, method: str = ""
) -> dict[str, object]:
    bounds = {"estimate": estimate, "lower": lower, "upper": upper}
    return {"statistic": statistic, **bounds, "method": method, "reason": reason if np.isnan(estimate) else ""}


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
