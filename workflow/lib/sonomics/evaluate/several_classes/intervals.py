"""Intervals over patients for the measures of every class and their means."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.entries import BOOTSTRAP
from sonomics.statistics.classification.class_bootstrap import bootstrap_class_report
from sonomics.statistics.estimates import Floats
from sonomics.statistics.resampling.class_auc_bootstrap import (
    HAND_TILL,
    MEAN_REST,
    REST,
    WEIGHTED_REST,
    bootstrap_class_aucs,
)

OF_MEANS = {MEAN_REST: ("macro", "auc"), WEIGHTED_REST: ("weighted", "auc"), HAND_TILL: ("all", "hand_till_m")}

Row = dict[str, Any]
Key = tuple[str, str]


def resample_entries(entries: Sequence[Row], used: Scored, probabilities: Floats, context: Context) -> list[Row]:
    """Give the measures of classes and their means the intervals of resampled patients.

    Parameters
    ----------
    entries : sequence of dict
        From `evaluate_classes`: `class, statistic, estimate, lower, upper, method, reason`.
    used : Scored
        The cases behind them.
    probabilities : ndarray, shape (n, classes)
    context : Context

    Returns
    -------
    list of dict
        The entries with interval and method of precision, recall, F1, specificity, accuracy, AUC and M replaced;
        others, and those that are not estimable, as they are.
    """
    if not used.n:
        return list(entries)
    intervals = _resample(used, probabilities, context)
    rows = []
    for entry in entries:
        found = intervals.get((str(entry["class"]), str(entry["statistic"])))
        rows.append(entry if found is None or np.isnan(entry["estimate"]) else {**entry, **found})
    return rows


def _resample(used: Scored, probabilities: Floats, context: Context) -> dict[Key, Row]:
    sampling, classes = context.sampling, context.classes
    names = (used.model.name, used.split)
    words = np.array(classes, dtype=object)
    true, decided = words[used.y.astype(int)], words[probabilities.argmax(axis=1)]
    how = (used.clusters, sampling.resamples)
    report = bootstrap_class_report(
        true, decided, classes, *how, seed_for(sampling.seed, "class_report", *names), sampling.level
    )
    intervals = {(str(row["of"]), str(row["measure"])): _interval(row) for row in report.to_dict("records")}
    areas = bootstrap_class_aucs(
        used.y, probabilities, *how, seed_for(sampling.seed, "class_aucs", *names), sampling.level
    )
    for row in areas.to_dict("records"):
        if row["measure"] == REST:
            intervals[classes[row["first"]], "auc"] = _interval(row)
        elif row["measure"] in OF_MEANS:
            intervals[OF_MEANS[row["measure"]]] = _interval(row)
    return intervals


def _interval(row: dict[Any, Any]) -> Row:
    skipped = f", {row['skipped']} resamples undefined" if row["skipped"] else ""
    return {"lower": row["lower"], "upper": row["upper"], "method": f"{BOOTSTRAP}{skipped}", "reason": row["reason"]}
