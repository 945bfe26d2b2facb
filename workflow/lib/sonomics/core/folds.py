"""The rules against leaks: which rows a fit may see, which rows it scores, and which patients stay together.

Every training patient lies in one fold. What is fitted without fold `k` scores the patients of fold `k`; what is fitted
on the whole training set (`ALL`) scores every other split. No fit scores a patient that it has seen.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sonomics.core.errors import StudyError
from sonomics.core.schemas import FOLDS, TRAIN
from sonomics.core.seeds import seed_for
from sonomics.core.tables import read_table

ALL = "all"

Mask = NDArray[np.bool_]
State = TypeVar("State")
Outcomes = pd.Series | pd.DataFrame


def name_folds(count: int) -> list[str]:
    """Return the names of the folds, 0 to `count` - 1, and `ALL`, in the order in which they are fitted."""
    return [*map(str, range(count)), ALL]


def read_folds(path: Path, scheme: str) -> "pd.Series[str]":
    """Read the fold of each training patient in one of the schemes of `select.folds`.

    Returns
    -------
    Series of str, indexed by patient
        Text, as the folders of folds are named.

    Raises
    ------
    StudyError
        When the table has no such scheme.
    """
    table = read_table(path, FOLDS)
    if scheme not in table.columns.difference(["patient", "group"]):
        raise StudyError(str(path), f"there are no folds of the scheme {scheme}", "run the phase clean again")
    return table.set_index("patient")[scheme].astype(str)


def read_groups(path: Path) -> "pd.Series[str]":
    """Read which training patients stay together: near-duplicates of each other, or patients whom the cohort groups.

    Returns
    -------
    Series of str, indexed by patient
        Name of the patient's group; a patient who is alone is a group.
    """
    return read_table(path, FOLDS).set_index("patient")["group"]


def mark_fitted(patients: pd.Series, labels: Outcomes, folds: pd.Series, left_out: str) -> Mask:
    """Mark the rows that a fit may see: training patients outside the fold, with a known label.

    Parameters
    ----------
    patients : Series
    labels : Series or DataFrame
        The outcome of each row, in the same order; NaN when it is unknown.
    folds : Series
        From `read_folds`.
    left_out : str
        The fold that is left out, or `ALL`, which leaves out none.

    Returns
    -------
    (rows,) array of bool
    """
    fold_of = patients.map(folds)
    in_training = (fold_of.notna() & (fold_of != left_out)).to_numpy()
    return np.asarray(in_training & mark_known(labels), dtype=np.bool_)


def mark_known(outcomes: Outcomes) -> Mask:
    """Mark the rows with a known outcome: a label, or both time and event."""
    known = outcomes.notna().to_numpy()
    return np.asarray(known if known.ndim == 1 else known.all(axis=1), dtype=np.bool_)


def mark_scored(patients: pd.Series, splits: pd.Series, folds: pd.Series, left_out: str) -> Mask:
    """Mark the rows that a fit scores: the patients of the fold that it left out; for `ALL`, every split but training.

    Parameters
    ----------
    patients, splits : Series
        Of each row, in the same order.
    folds : Series
        From `read_folds`.
    left_out : str
        The fold that was left out, or `ALL`.

    Returns
    -------
    (rows,) array of bool
    """
    if left_out == ALL:
        return np.asarray(splits != TRAIN, dtype=np.bool_)
    return np.asarray(patients.map(folds) == left_out, dtype=np.bool_)


def mark_unseen(predictions: pd.DataFrame) -> "pd.Series[bool]":
    """Mark the predictions of fits that have not seen the patient: out of fold in training, of `ALL` elsewhere.

    Parameters
    ----------
    predictions : DataFrame
        With `split` and `fold`.

    Returns
    -------
    Series of bool, indexed as `predictions`
    """
    return (predictions["split"] == TRAIN) == (predictions["fold"] != ALL)


class LeftOut(NamedTuple):
    """One fold of some rows.

    Attributes
    ----------
    fold : str or int
    fitted, scored : (rows,) array of bool
        The rows outside the fold, which a fit may see, and those in it, which it scores.
    """

    fold: Any
    fitted: Mask
    scored: Mask


def leave_out_folds(folds: ArrayLike) -> Iterator[LeftOut]:
    """Leave out each fold in turn, in sorted order; every row is scored once, by a fit that has not seen its fold.

    Parameters
    ----------
    folds : (rows,) array
        The fold of each row.

    Yields
    ------
    LeftOut
    """
    fold_of = np.asarray(folds)
    for fold in sorted(set(fold_of.tolist())):
        scored = fold_of == fold
        yield LeftOut(fold, ~scored, scored)


def divide_groups(
    groups: NDArray[np.str_], outcomes: NDArray[np.float64], count: int, seed: int
) -> NDArray[np.int64] | None:
    """Divide groups among inner folds, stratified by class, or by event.

    A group counts as its largest label (the event, if one of its rows has it). Within each class, groups in an order of
    the seed go to the folds in turn; the next class goes on at the fold where the last one ended.

    Returns
    -------
    (rows,) array of int, or None
        With fewer folds than `count` where the rarest class has fewer groups; None where that leaves under two.
    """
    strata = pd.Series(outcomes if outcomes.ndim == 1 else outcomes[:, 1], index=groups).groupby(level=0).max()
    count = min(count, int(strata.value_counts().min()) if outcomes.ndim == 1 else int(strata.sum()))
    if count < 2 or (strata.nunique() < 2 and outcomes.ndim == 1):
        return None
    order = sorted(strata.index, key=lambda name: (strata[name], seed_for(seed, "inner", name)))
    place = {name: position % count for position, name in enumerate(order)}
    return np.array([place[name] for name in groups], dtype=np.int64)


def cross_fit(
    rows: NDArray[np.float64] | pd.DataFrame,
    labels: Outcomes,
    folds: pd.Series,
    fit: Callable[..., State],
    apply: Callable[..., NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Apply to the rows of each fold what was fitted on the others.

    Parameters
    ----------
    rows : (rows, ...) array or frame
    labels : Series or DataFrame
        Outcomes, NaN where unknown: such rows are scored, but not fitted on.
    folds : Series
        Fold of each row.
    fit, apply : callable
        `fit(rows, labels) -> state`, `apply(state, rows) -> values`.

    Returns
    -------
    (rows,) array
        Or (rows, values) where `apply` gives several values a row.
    """
    known = mark_known(labels)
    parts = [
        (scored, np.asarray(apply(fit(rows[fitted & known], labels[fitted & known]), rows[scored])))
        for _, fitted, scored in leave_out_folds(folds)
    ]
    values = np.full((len(labels), *(parts[0][1].shape[1:] if parts else ())), np.nan)
    for scored, part in parts:
        values[scored] = part
    return values


def connect_patients(patients: Iterable[str], ties: Iterable[tuple[str, str]]) -> "pd.Series[str]":
    """Group the patients who are tied to each other, directly or through others; a group must not be divided.

    Parameters
    ----------
    patients : iterable of str
        Each at least once.
    ties : iterable of pairs of str
        Two of the patients who must stay together.

    Returns
    -------
    Series of str, indexed by patient, sorted
        The first patient of the group in alphabetical order; the patient's own name when alone.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    names = np.array(sorted(set(patients)), dtype=object)
    position = {name: number for number, name in enumerate(names)}
    edges = np.array([[position[one], position[other]] for one, other in ties], dtype=int).reshape(-1, 2)
    graph = coo_matrix((np.ones(len(edges)), edges.T), shape=(len(names), len(names)))
    _, component = connected_components(graph, directed=False)
    first = pd.Series(names).groupby(component).transform("min")
    return pd.Series(first.to_numpy(), index=names)
