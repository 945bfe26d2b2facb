"""The tables of the reader study of one task."""

from collections.abc import Sequence

import pandas as pd

from sonomics.core.readings import read_readings
from sonomics.evaluate.readers.against_model import readers_auc, readers_points, readers_roc
from sonomics.evaluate.readers.agreement import readers_agreement
from sonomics.evaluate.readers.mrmc import readers_aid, readers_levels, readers_mrmc
from sonomics.evaluate.readers.readings import join_readings
from sonomics.evaluate.readers.reference import TWO_LABELS, readers_reference
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables


def reader_study_tables(context: Context) -> Tables:
    """Make all tables of the readings of the task; none when nobody has read a case."""
    readings = read_readings(context.files.readers, set(context.samples.cases["case"]), set(context.tasks))
    return reader_tables(readings, context.task, context.samples.primary_samples, context.settings.level)


def reader_tables(readings: pd.DataFrame, task: str, samples: Sequence[Scored], level: float) -> Tables:
    """Make all tables of the readings of one task.

    Parameters
    ----------
    readings : DataFrame
        Schema READERS.
    task : str
    samples : sequence of Scored
        Of the primary model, one per split.
    level : float
        Confidence level.

    Returns
    -------
    dict of str to DataFrame
        Empty when nobody has read a case of this task.
    """
    rows = join_readings(readings, task, samples)
    if rows.empty:
        return {}
    return {
        "readers_auc": readers_auc(rows, level),
        "readers_points": readers_points(rows, level),
        "readers_roc": readers_roc(rows, samples[0].model.cutoff),
        "readers_aid": readers_aid(rows, level),
        "readers_mrmc": readers_mrmc(rows, level),
        "readers_levels": readers_levels(rows, level),
        "readers_agreement": readers_agreement(rows, level),
        "readers_reference": readers_reference(rows, TWO_LABELS, level),
    }
