"""The tables of the reader study of one task."""

import pandas as pd

from sonomics.evaluate.readers.against_model import readers_auc, readers_points, readers_roc
from sonomics.evaluate.readers.agreement import readers_agreement
from sonomics.evaluate.readers.mrmc import readers_aid, readers_levels, readers_mrmc
from sonomics.evaluate.readers.readings import readings_of
from sonomics.evaluate.samples.cases import Model


def reader_tables(
    readings: pd.DataFrame, task: str, cases: pd.DataFrame, primary: Model, level: float
) -> dict[str, pd.DataFrame]:
    """Make all tables of the readings of one task.

    Parameters
    ----------
    readings : DataFrame
        Schema READERS.
    task : str
    cases : DataFrame
        From `scored_cases`.
    primary : Model
    level : float
        Of the intervals.

    Returns
    -------
    dict of str to DataFrame
        Empty when nobody has read a case of this task.
    """
    rows = readings_of(readings, task, cases, primary)
    if rows.empty:
        return {}
    return {
        "readers_auc": readers_auc(rows, level),
        "readers_points": readers_points(rows, level),
        "readers_roc": readers_roc(rows, primary.cutoff),
        "readers_aid": readers_aid(rows, level),
        "readers_mrmc": readers_mrmc(rows, level),
        "readers_levels": readers_levels(rows, level),
        "readers_agreement": readers_agreement(rows, level),
    }
