"""Performance of a task of several classes: each class, their plain mean (macro) and their mean by size (weighted)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.classification.proportion import Proportion, proportion
from sonomics.statistics.discrimination.auc import auc, auc_interval
from sonomics.statistics.estimates import Floats

NAN = float("nan")


class ClassReport(NamedTuple):
    """Decisions of several classes.

    Attributes
    ----------
    confusion : DataFrame
        Counts, rows = true class, columns = decided class.
    classes : DataFrame
        One row per class: `n, decided, precision, recall, recall_lower, recall_upper, specificity, f1, reason`.
    averages : DataFrame
        Rows `macro` and `weighted`, columns `precision, recall, f1, reason`: over the classes that occur.
    accuracy : Proportion
    kappa, mcc : float
        Cohen's kappa and the multi-class correlation; NaN when labels or decisions are a single class.
    """

    confusion: pd.DataFrame
    classes: pd.DataFrame
    averages: pd.DataFrame
    accuracy: Proportion
    kappa: float
    mcc: float


class ClassAucs(NamedTuple):
    """One-against-rest AUCs with DeLong intervals, their macro and weighted means, and Hand and Till's M."""

    classes: pd.DataFrame
    macro: float
    weighted: float
    hand_till: float
    reason: str = ""


def class_report(y: ArrayLike, decided: ArrayLike, classes: Sequence[str], level: float = 0.95) -> ClassReport:
    """Describe decisions among several classes.

    Parameters
    ----------
    y, decided : array_like, shape (n,)
        True and decided class of every case.
    classes : sequence of str
        All classes, in the order of the report.
    level : float
        Confidence level of the Wilson intervals.

    Returns
    -------
    ClassReport
        A class that never occurs has no recall and is left out of the averages. A class that is never decided for has
        no precision, so the averages of precision are NaN with a reason, not taken as 0.

    Raises
    ------
    ValueError
        If a case has a class that is not listed.

    References
    ----------
    Sokolova M, Lapalme G, Inf Process Manag 2009; Gorodkin J, Comput Biol Chem 2004 (MCC).
    """
    counts = _confusion(y, decided, classes)
    total = int(counts.sum())
    sizes, called, hits = counts.sum(axis=1), counts.sum(axis=0), np.diag(counts)
    rows = []
    for index in range(len(classes)):
        n, chosen, hit = int(sizes[index]), int(called[index]), int(hits[index])
        recall = proportion(hit, n, level)
        reasons = [text for text, empty in (("no such case", not n), ("never decided for", not chosen)) if empty]
        specificity = proportion(total - n - chosen + hit, total - n).estimate
        f1 = 2 * hit / (n + chosen) if n + chosen else NAN
        precision = proportion(hit, chosen).estimate
        rows.append((n, chosen, precision, recall.estimate, *recall.wilson, specificity, f1, "; ".join(reasons)))
    names = ["n", "decided", "precision", "recall", "recall_lower", "recall_upper", "specificity", "f1", "reason"]
    table = pd.DataFrame(rows, index=list(classes), columns=names)
    by_chance = float(sizes @ called)
    spread = float(np.sqrt(float(total**2 - (sizes**2).sum()) * float(total**2 - (called**2).sum())))
    agreed = float(hits.sum()) * total - by_chance
    return ClassReport(
        pd.DataFrame(counts, index=list(classes), columns=list(classes)),
        table,
        _averages(table),
        proportion(int(hits.sum()), total, level),
        agreed / (total**2 - by_chance) if total**2 > by_chance else NAN,
        agreed / spread if spread > 0 else NAN,
    )


def class_aucs(y: ArrayLike, probabilities: ArrayLike, classes: Sequence[str], level: float = 0.95) -> ClassAucs:
    """Compute the AUCs of the probabilities of several classes.

    Parameters
    ----------
    y : array_like, shape (n,)
        True class of every case.
    probabilities : array_like, shape (n, classes)
    classes : sequence of str
        Class of every column.
    level : float

    Returns
    -------
    ClassAucs
        `classes`: one row per class, `n, auc, lower, upper, reason`. The means and M are over the classes that occur;
        NaN with fewer than two.

    References
    ----------
    Hand DJ, Till RJ, Mach Learn 2001.
    """
    labels = np.asarray(y)
    values = np.asarray(probabilities, dtype=np.float64)
    if values.shape != (labels.size, len(classes)):
        raise ValueError(f"expected {labels.size} rows and {len(classes)} columns, got shape {values.shape}")
    rows = []
    for index, name in enumerate(classes):
        area = auc_interval(labels == name, values[:, index], level)
        rows.append((int((labels == name).sum()), area.estimate, area.lower, area.upper, area.reason))
    table = pd.DataFrame(rows, index=list(classes), columns=["n", "auc", "lower", "upper", "reason"])
    present = [index for index, name in enumerate(classes) if (labels == name).any()]
    if len(present) < 2:
        return ClassAucs(table, NAN, NAN, NAN, "fewer than two classes occur")
    occurring = table.iloc[present]
    pairs = [
        _separation(labels, values, classes, first, second) for first in present for second in present if first < second
    ]
    weighted = float(np.average(occurring["auc"], weights=occurring["n"]))
    return ClassAucs(table, float(occurring["auc"].mean()), weighted, float(np.mean(pairs)))


def _separation(labels: np.ndarray, values: Floats, classes: Sequence[str], first: int, second: int) -> float:
    """Average the two AUCs of a pair of classes, each by its own probability."""
    of_pair = (labels == classes[first]) | (labels == classes[second])
    by_first = auc(labels[of_pair] == classes[first], values[of_pair, first])
    by_second = auc(labels[of_pair] == classes[second], values[of_pair, second])
    return (by_first + by_second) / 2


def _averages(table: pd.DataFrame) -> pd.DataFrame:
    occurring = table[table["n"] > 0]
    names = ["precision", "recall", "f1"]
    if occurring.empty:
        return pd.DataFrame(NAN, index=["macro", "weighted"], columns=names).assign(reason="no cases")
    never = ", ".join(occurring.index[occurring["decided"] == 0])
    values = occurring[names].to_numpy(dtype=np.float64)
    means = [values.mean(axis=0), np.average(values, axis=0, weights=occurring["n"])]
    reason = f"precision: never decided for {never}" if never else ""
    return pd.DataFrame(means, index=["macro", "weighted"], columns=names).assign(reason=reason)


def _confusion(y: ArrayLike, decided: ArrayLike, classes: Sequence[str]) -> np.ndarray:
    position = {name: index for index, name in enumerate(classes)}
    labels, decisions = np.asarray(y).tolist(), np.asarray(decided).tolist()
    if unknown := sorted({str(name) for name in [*labels, *decisions] if name not in position}):
        raise ValueError(f"not a listed class: {', '.join(unknown)}")
    counts = np.zeros((len(classes), len(classes)), dtype=np.int64)
    rows, columns = ([position[name] for name in side] for side in (labels, decisions))
    np.add.at(counts, (rows, columns), 1)
    return counts
