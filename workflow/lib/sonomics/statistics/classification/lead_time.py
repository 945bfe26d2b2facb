"""Serial exams before a diagnosis: how early a score was positive."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sonomics.statistics.classification.proportion import Proportion, proportion

NAN = float("nan")


def lead_times(patient: ArrayLike, before: ArrayLike, called: ArrayLike) -> pd.DataFrame:
    """Compute the time before diagnosis from which on every exam of a patient was called positive.

    Parameters
    ----------
    patient : array_like, shape (n,)
        Patient of every exam; patients with the diagnosis only.
    before : array_like, shape (n,)
        Time from exam to diagnosis, not negative.
    called : array_like of bool, shape (n,)

    Returns
    -------
    DataFrame
        Index = patient, sorted; `exams, lead, reason`. NaN when the last exam before diagnosis was called negative.
        Limited by the first exam, so it understates the lead of patients who are positive from the start.
    """
    table = pd.DataFrame({"patient": np.asarray(patient), "before": np.asarray(before, dtype=np.float64)})
    if (table["before"] < 0).any():
        raise ValueError("an exam is later than the diagnosis")
    table["called"] = np.asarray(called, dtype=bool)
    rows = []
    for name, exams in table.sort_values(["patient", "before"]).groupby("patient"):
        streak = exams["called"].to_numpy().cumprod().astype(bool)
        lead = float(exams["before"].to_numpy()[streak].max()) if streak.any() else NAN
        rows.append((name, len(exams), lead, "" if streak.any() else "called negative at the last exam"))
    return pd.DataFrame(rows, columns=["patient", "exams", "lead", "reason"]).set_index("patient")


def sensitivity_before(
    patient: ArrayLike, before: ArrayLike, called: ArrayLike, earliest: float, latest: float, level: float = 0.95
) -> Proportion:
    """Compute the sensitivity in a window before diagnosis, each patient once, by the last exam in the window.

    Parameters
    ----------
    patient, before, called
        As `lead_times`.
    earliest, latest : float
        The window: latest <= time before diagnosis < earliest.
    level : float

    Returns
    -------
    Proportion
        Of the patients with an exam in the window; NaN without such patients.
    """
    table = pd.DataFrame({"patient": np.asarray(patient), "before": np.asarray(before, dtype=np.float64)})
    table["called"] = np.asarray(called, dtype=bool)
    in_window = table[(table["before"] >= latest) & (table["before"] < earliest)]
    last = in_window.sort_values("before").drop_duplicates("patient")
    return proportion(int(last["called"].sum()), len(last), level)
