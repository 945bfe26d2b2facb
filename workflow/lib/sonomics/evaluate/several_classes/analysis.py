"""How well the final models of a task of several classes do: a table as of binary tasks, classes, confusion."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import seed_for
from sonomics.evaluate.optional.classes import evaluate_classes
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.several_classes.calibration import class_calibration_tables
from sonomics.evaluate.several_classes.cases import read_probabilities
from sonomics.evaluate.several_classes.discrimination import class_roc_tables
from sonomics.evaluate.several_classes.intervals import resample_entries
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import Entry, bootstrap_entry, number_entry
from sonomics.statistics.agreement.kappa import cohen_kappa
from sonomics.statistics.calibration.class_probabilities import ranked_probability_score
from sonomics.statistics.discrimination.mean_auc import mean_auc
from sonomics.statistics.estimates import Floats
from sonomics.statistics.resampling.bootstrap import bootstrap_statistic

COLUMNS = "model split statistic estimate lower upper df p method n positives unit reason"
CLASSES = "model split class statistic estimate lower upper n method reason"
CONFUSION = "model split true decided count"

Rows = NDArray[np.intp]
Measure = Callable[[NDArray[np.int64], Floats], float]


def class_task_tables(context: Context) -> Tables:
    """Make the tables of a task of several classes.

    Returns
    -------
    dict
        `performance`, with the columns of binary tasks: `auc` is the mean of each class against the rest, `accuracy`,
        `macro_f1`, `kappa`, of ordered classes `weighted_kappa` (quadratic) and `ranked_probability`, of all `brier`
        (the sum over the classes), with intervals of resampled patients, of ordered classes also `linear_kappa`,
        `within_one` and `mean_error` (in classes). `task_classes` and `task_confusion`: every class, macro and weighted
        means, and counts by true and decided class, as `class_tables` has them; the intervals of precision, recall, F1,
        specificity and AUC are of resampled patients. Those of `class_roc_tables` and `class_calibration_tables`.
    """
    rows: list[dict[str, Any]] = []
    classes: list[dict[str, Any]] = []
    confusion: list[dict[str, Any]] = []
    unit = "patient" if context.samples.cases["patient"].is_unique else "case"
    for sample in context.samples:
        names = {"model": sample.model.name, "split": sample.split}
        used = sample.analysed
        probabilities = read_probabilities(used.rows, sample.model.name, context.classes)
        counts = {"n": used.n, "positives": np.nan, "unit": unit}
        rows += [{**names, **entry._asdict(), **counts} for entry in _entries(context, used, probabilities)]
        rows.append({**names, **Entry("unknown_label", int(np.isnan(sample.y).sum()))._asdict(), **counts})
        rows.append({**names, **Entry("unscored", int((~sample.is_scored).sum()))._asdict(), **counts})
        true = pd.Series(np.array(context.classes)[used.y.astype(int)], index=used.rows["case"], dtype=object)
        wide = pd.DataFrame(probabilities, index=used.rows["case"], columns=context.classes)
        entries, table = evaluate_classes(
            true, wide, context.classes, context.settings.level, context.task, used.model.decide(probabilities)
        )
        classes += [{**names, **entry} for entry in resample_entries(entries, used, probabilities, context)]
        confusion += [{**names, **count} for count in table]
    return {
        "performance": pd.DataFrame(rows)[COLUMNS.split()],
        "task_classes": pd.DataFrame(classes, columns=CLASSES.split()),
        "task_confusion": pd.DataFrame(confusion, columns=CONFUSION.split()),
        **class_roc_tables(context),
        **class_calibration_tables(context),
    }


def _entries(context: Context, used: Scored, probabilities: Floats) -> Iterator[Entry]:
    codes, sampling = used.y.astype(np.int64), context.sampling
    for name, measure in list_measures(context.classes, context.ordered, used.model.decide).items():
        if not used.n:
            yield number_entry(name, np.nan, reason="no case with a known class and all probabilities")
            continue

        def of_rows(rows: Rows, measure: Measure = measure) -> float:
            return measure(codes[rows], probabilities[rows])

        seed = seed_for(sampling.seed, name, used.model.name, used.split)
        result = bootstrap_statistic(of_rows, used.clusters, sampling.resamples, seed, sampling.level)
        yield bootstrap_entry(name, result)


def list_measures(
    classes: Sequence[str], ordered: bool, decide: Callable[[Floats], NDArray[np.int64]]
) -> dict[str, Measure]:
    """List the measures of a task, each a function of the places of the true classes and of all probabilities."""
    places = list(range(len(classes)))
    measures: dict[str, Measure] = {
        "auc": lambda codes, values: mean_auc(codes, values, places),
        "accuracy": lambda codes, values: float((decide(values) == codes).mean()),
        "macro_f1": lambda codes, values: measure_macro_f1(codes, decide(values), len(places)),
        "kappa": lambda codes, values: cohen_kappa(codes, decide(values)).estimate,
        "brier": lambda codes, values: float(((values - np.eye(len(places))[codes]) ** 2).sum(axis=1).mean()),
    }
    if ordered:
        measures["weighted_kappa"] = lambda codes, values: (
            cohen_kappa(codes, decide(values), "quadratic", categories=places).estimate
        )
        measures["linear_kappa"] = lambda codes, values: (
            cohen_kappa(codes, decide(values), "linear", categories=places).estimate
        )
        measures["within_one"] = lambda codes, values: float((np.abs(decide(values) - codes) <= 1).mean())
        measures["mean_error"] = lambda codes, values: float(np.abs(decide(values) - codes).mean())
        measures["ranked_probability"] = lambda codes, values: ranked_probability_score(
            np.array(classes)[codes], values, classes
        )
    return measures


def measure_macro_f1(codes: NDArray[np.int64], decided: NDArray[np.int64], count: int) -> float:
    """Compute the mean F1 of the classes that occur."""
    present = [place for place in range(count) if (codes == place).any()]
    hits = [2 * ((codes == place) & (decided == place)).sum() for place in present]
    sizes = [(codes == place).sum() + (decided == place).sum() for place in present]
    return float(np.mean([hit / size for hit, size in zip(hits, sizes, strict=True)]))
