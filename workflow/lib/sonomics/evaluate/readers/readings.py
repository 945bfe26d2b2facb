"""Readings next to labels and the model's scores, one by one and crossed: the same cases read by several readers."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.readings import AIDED, NEGATIVE, POSITIVE
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.samples.splits import sort_splits
from sonomics.statistics.discrimination.clustered_auc import clustered_auc_covariance
from sonomics.statistics.estimates import Floats
from sonomics.statistics.readers.covariance import clustered_share_covariance

AUC, SENSITIVITY, SPECIFICITY = "auc", "sensitivity", "specificity"
MEASURES = (AUC, SENSITIVITY, SPECIFICITY)
ALL_READERS = "all readers"


@dataclass(frozen=True)
class Crossed:
    """The cases that several readers, in every arm of interest, and the model have all read.

    Attributes
    ----------
    y : ndarray of 0/1, shape (cases,)
    patients : ndarray of str, shape (cases,)
    readings : ndarray, shape (arms x readers, cases)
        Scores, or decisions as 1 and 0; the first arm's readers first.
    model : ndarray, shape (cases,)
        The same of the model; NaN where its threshold was not estimable.
    """

    y: Floats
    patients: NDArray[np.object_]
    readings: Floats
    model: Floats


def join_readings(readings: pd.DataFrame, task: str, samples: Sequence[Scored]) -> pd.DataFrame:
    """Join the readings of one task to labels and to the primary model.

    Parameters
    ----------
    readings : DataFrame
        Schema READERS.
    task : str
    samples : sequence of Scored
        Of the primary model, one per split.

    Returns
    -------
    DataFrame
        `split, reader, level, arm, session, case, patient, label, score, category, decision`; `decided` (1, 0, NaN not
        given), `model` (the primary model's value) and `called` (1, 0, NaN without a threshold); `first`: whether it
        is of the reader's first session in that arm, the one that performance counts. Sorted by split, level, reader,
        arm (alone first), session and case.
    """
    cases = pd.concat([_case_columns(sample) for sample in samples], ignore_index=True)
    rows = readings[readings["task"] == task].drop(columns="task").merge(cases, on="case")
    rows["decided"] = rows["decision"].map({POSITIVE: 1.0, NEGATIVE: 0.0}).astype(np.float64)
    return order_readings(rows)


def order_readings(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort readings that are joined to cases, as `join_readings` says, and mark those of first sessions."""
    rows = rows.assign(turn=_session_order(rows["session"]))
    rows["first"] = rows["turn"] == rows.groupby(["reader", "arm"])["turn"].transform("min")
    rows["rank"] = rows["split"].map(sort_splits(rows["split"]).index)
    rows["is_aided"] = rows["arm"] == AIDED
    order = ["rank", "level", "reader", "is_aided", "turn", "case"]
    return rows.sort_values(order, ignore_index=True).drop(columns=["rank", "is_aided", "turn"])


def usable_readings(rows: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Keep the readings that a measure can use: of a known label, scored by the model, and given by the reader."""
    given = rows["score" if measure == AUC else "decided"].notna()
    return rows[given & rows["label"].notna() & rows["model"].notna()]


def cross_readings(rows: pd.DataFrame, readers: Sequence[str], arms: Sequence[str], measure: str) -> Crossed:
    """Cross readers with cases, on the cases that all of them have read in every arm."""
    pairs = pd.MultiIndex.from_tuples([(arm, reader) for arm in arms for reader in readers])
    used = usable_readings(rows[rows["first"]], measure)
    wide = used.pivot_table(index="case", columns=["arm", "reader"], values="score" if measure == AUC else "decided")
    complete = wide.reindex(columns=pairs).dropna()
    cases = used.drop_duplicates("case").set_index("case").reindex(complete.index)
    model = cases["model" if measure == AUC else "called"]
    return Crossed(
        cases["label"].to_numpy(dtype=np.float64),
        cases["patient"].to_numpy(dtype=object),
        complete.to_numpy(dtype=np.float64).T,
        model.to_numpy(dtype=np.float64),
    )


def estimate_measure(measure: str, y: Floats, values: Floats, patients: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Estimate a measure of several readings of the same cases, with the covariance over patients.

    Where every patient has one case this is DeLong's covariance of AUCs, or the jackknife's of shares.

    Parameters
    ----------
    measure : str
        One of `MEASURES`.
    y : ndarray of 0/1, shape (n,)
    values : ndarray, shape (m, n)
        Scores, or decisions as 1 and 0.
    patients : ndarray, shape (n,)

    Returns
    -------
    estimates : ndarray, shape (m,)
    covariance : ndarray, shape (m, m)
        NaN where the class is absent, or has fewer than two patients.
    """
    if measure == AUC:
        return clustered_auc_covariance(y, values, patients)
    label = float(measure == SENSITIVITY)
    members = y == label
    return clustered_share_covariance(values[:, members] == label, patients[members])


def covariance_name(measure: str, patients: NDArray[np.object_]) -> str:
    """Return the name of the covariance that `estimate_measure` computes."""
    if len(set(patients)) < len(patients):
        return "Obuchowski's clustered AUC" if measure == AUC else "cluster-robust by patient"
    return "DeLong" if measure == AUC else "jackknife"


def _case_columns(sample: Scored) -> pd.DataFrame:
    known = sample.is_scored & ~np.isnan(sample.model.cutoff)
    called = np.where(known, sample.called.astype(np.float64), np.nan)
    # Readings depend on each other within a cluster, as those of one patient do.
    rows = sample.rows[["case", "split", "label"]].assign(model=sample.value, called=called)
    return rows.assign(patient=sample.clusters)[["case", "patient", "split", "label", "model", "called"]]


def _session_order(sessions: pd.Series) -> pd.Series:
    """Order sessions: by number when all are numbers, else by name."""
    numbers = pd.to_numeric(sessions, errors="coerce")
    return numbers if numbers.notna().all() else sessions
