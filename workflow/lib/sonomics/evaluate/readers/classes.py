"""Readers of a task of several classes: the class that they named, against the true one and next to the model."""

import numpy as np
import pandas as pd

from sonomics.core.readings import check_class_readings, read_readings
from sonomics.evaluate.readers.readings import order_readings
from sonomics.evaluate.readers.reference import Measure, estimate_accuracy, jackknifed, readers_reference
from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.several_classes.cases import DECIDED
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.statistics.readers import decisions


def class_reader_tables(context: Context) -> Tables:
    """Make the table of the readings of a task of several classes; none when nobody has read a case of it.

    Returns
    -------
    dict
        `readers_classes`: the columns of `readers_reference`, without positives; measures are `accuracy`, `macro_f1`
        and `kappa`, of ordered classes `weighted_kappa` (quadratic).
    """
    readings = read_readings(context.files.readers, set(context.samples.cases["case"]), set(context.tasks))
    check_class_readings(readings, context.task, context.classes, str(context.files.readers))
    rows = join_class_readings(readings, context.task, context.samples, context.classes)
    if rows.empty:
        return {}
    measures = list_class_measures(len(context.classes), context.ordered)
    return {"readers_classes": readers_reference(rows, measures, context.settings.level).drop(columns="positives")}


def join_class_readings(readings: pd.DataFrame, task: str, samples: Samples, classes: list[str]) -> pd.DataFrame:
    """Join the readings of one task to the true classes and to what the primary model decided.

    Parameters
    ----------
    readings : DataFrame
        Schema READERS; `category` is the class that the reader named, "" where none.
    task : str
    samples : Samples
    classes : list of str

    Returns
    -------
    DataFrame
        The columns of `join_readings`; `label`, `decided` and `called` are places of the classes, NaN where unknown.
    """
    place = {name: float(number) for number, name in enumerate(classes)}
    parts = []
    for sample in samples.primary_samples:
        called = sample.rows[f"{sample.model.name}__{DECIDED}"].map(place)
        parts.append(
            sample.rows[["case", "split", "label"]].assign(model=called, called=called, patient=sample.clusters)
        )
    rows = readings[readings["task"] == task].drop(columns="task").merge(pd.concat(parts, ignore_index=True), on="case")
    return order_readings(rows.assign(decided=rows["category"].map(place).astype(np.float64)))


def list_class_measures(count: int, ordered: bool) -> dict[str, Measure]:
    """List the measures of decisions among so many classes."""
    weighted = {"weighted_kappa": Measure(jackknifed(decisions.quadratic_kappa, count), lowest=-1.0)} if ordered else {}
    return {
        "accuracy": Measure(estimate_accuracy, lambda true, decided: np.ones(true.size, dtype=np.bool_)),
        "macro_f1": Measure(jackknifed(decisions.macro_f1, count)),
        "kappa": Measure(jackknifed(decisions.kappa, count), lowest=-1.0),
        **weighted,
    }
