"""Choice of a penalty by its deviance on held-out folds."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Booleans, Floats


class HeldOut(NamedTuple):
    """Deviance of held-out folds by penalty, and the two customary choices.

    Attributes
    ----------
    mean, se : ndarray, shape (l,)
        Mean over folds weighted by their size, and its standard error.
    index_min, index_1se : int
        Penalty of the smallest mean, and the largest penalty within one standard error of it.
    """

    mean: Floats
    se: Floats
    index_min: int
    index_1se: int


def list_folds(fold_ids: ArrayLike, rows: int) -> list[Booleans]:
    """List which rows each fold holds out, by ascending fold.

    Raises
    ------
    ValueError
        With fewer than two folds, or not one fold per row.
    """
    names, fold = np.unique(np.asarray(fold_ids), return_inverse=True)
    if names.size < 2 or fold.size != rows:
        raise ValueError(f"cross-validation needs two folds or more and one fold per row, not {names.size} folds")
    return [np.asarray(fold == number) for number in range(names.size)]


def choose_penalty(folds: list[Booleans], sizes: ArrayLike, score: Callable[[Booleans], Floats]) -> HeldOut:
    """Score every penalty on every fold and choose.

    Parameters
    ----------
    folds : list of ndarray of bool, shape (n,)
        Rows that each fold holds out.
    sizes : array_like, shape (folds,)
        Weights of the folds.
    score : callable
        Takes the held-out rows, returns their deviance by penalty, shape (l,).

    References
    ----------
    Friedman J, Hastie T, Tibshirani R, J Stat Softw 2010.
    """
    weights = np.asarray(sizes)
    deviances = np.stack([score(rows) for rows in folds])
    mean = np.average(deviances, axis=0, weights=weights)
    se = np.sqrt(np.average((deviances - mean) ** 2, axis=0, weights=weights) / (len(folds) - 1))
    best = int(np.argmin(mean))
    return HeldOut(mean, se, best, int(np.argmax(mean <= mean[best] + se[best])))
