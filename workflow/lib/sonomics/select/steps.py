"""The steps of feature selection; each takes what is left and says what stays. All of them see training rows only."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import seed_for
from sonomics.statistics.agreement import icc21
from sonomics.statistics.filters import mann_whitney, prune_by_mean_correlation
from sonomics.statistics.lasso import lasso_path_cv

MOST_MISSING = 0.5
FEWEST_REPEATS = 5
FEWEST_INNER_FOLDS = 3

Repeats = Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]


@dataclass(frozen=True)
class Kept:
    """What a step leaves.

    Attributes
    ----------
    names : list of str
        The features that stay.
    note : str
        Why the step could not be applied, or what it found; "" when there is nothing to say.
    """

    names: list[str]
    note: str = ""


def keep_defined(rows: pd.DataFrame) -> Kept:
    """Keep features that vary and are defined in at least half of the rows."""
    present = rows.notna().mean() >= MOST_MISSING
    varies = rows.max() > rows.min()
    return Kept(list(rows.columns[present & varies]))


def keep_reliable(names: list[str], repeats: Repeats, threshold: float) -> Kept:
    """Keep features whose ICC(2,1) with every repeat outline is above the threshold.

    A feature's ICC is taken over the rows where both readings define it; over fewer than five, or when the feature is
    constant, it is undefined and the feature goes. A repeat with fewer than five outlined rows is passed over.
    """
    usable = {name: pair for name, pair in repeats.items() if len(pair[0]) >= FEWEST_REPEATS}
    if not usable:
        return Kept(names, f"not applied: no repeat outlines on at least {FEWEST_REPEATS} training rows")
    stays = np.ones(len(names), dtype=bool)
    for first, second in usable.values():
        stays &= pairwise_icc(first[names].to_numpy(), second[names].to_numpy()) > threshold
    counts = ", ".join(f"{name} on {len(pair[0])} rows" for name, pair in usable.items())
    return Kept([name for name, stay in zip(names, stays, strict=True) if stay], f"repeats: {counts}")


def pairwise_icc(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    """Compute the ICC(2,1) of each feature over the rows where both readings define it.

    Parameters
    ----------
    first, second : (rows, features) array
        Two readings of the same rows.

    Returns
    -------
    (features,) array
        NaN over fewer than five rows, and for a constant feature.
    """
    readings = np.stack([first, second], axis=1)
    defined = np.isfinite(readings).all(axis=1)
    patterns, members = np.unique(defined, axis=1, return_inverse=True)
    icc = np.full(first.shape[1], np.nan)
    for number, rows in enumerate(patterns.T):
        if rows.sum() >= FEWEST_REPEATS:
            columns = np.flatnonzero(members == number)
            icc[columns] = icc21(readings[rows][:, :, columns])
    return icc


def keep_separating(rows: pd.DataFrame, labels: NDArray[np.float64], threshold: float) -> Kept:
    """Keep features with a Mann-Whitney U test below the threshold."""
    _, p = mann_whitney(rows.to_numpy(), labels)
    return Kept([name for name, value in zip(rows.columns, p, strict=True) if value < threshold])


def keep_uncorrelated(rows: pd.DataFrame, threshold: float) -> Kept:
    """Of two features correlated above the threshold, drop the one with the higher mean correlation."""
    if rows.empty or rows.shape[1] == 0:
        return Kept([])
    kept = prune_by_mean_correlation(rows.to_numpy(), list(rows.columns), threshold, "pearson")
    return Kept(list(rows.columns[kept]))


@dataclass(frozen=True)
class Lasso:
    """What the LASSO leaves: coefficients of z-scored features, and the cross-validation that chose the penalty."""

    coefficients: dict[str, float]
    intercept: float
    penalty: float
    curve: dict[str, list[float]]
    note: str = ""


def keep_by_lasso(
    scaled: pd.DataFrame, labels: NDArray[np.float64], patients: list[str], settings: Mapping[str, Any], seed: int
) -> Lasso:
    """Keep the features with a coefficient in an L1-penalised logistic regression (Friedman et al. 2010).

    Parameters
    ----------
    scaled : DataFrame
        z-scored features of the training rows.
    labels : (rows,) array of 0 and 1
    patients : list of str
        Of each row; a patient's rows stay in one inner fold.
    settings : mapping
        `folds` and `rule` ("min" or "1se").
    seed : int
        Of the inner folds.

    Returns
    -------
    Lasso
        Without coefficients when there are no features, or too few patients of a class for three inner folds; the note
        says which.
    """
    nothing = Lasso({}, float("nan"), float("nan"), {})
    if scaled.shape[1] == 0:
        return Lasso(**{**vars(nothing), "note": "not applied: no feature is left"})
    folds = inner_folds(patients, labels, settings["folds"], seed)
    if folds is None:
        return Lasso(**{**vars(nothing), "note": f"not estimable: under {FEWEST_INNER_FOLDS} patients of a class"})
    path = lasso_path_cv(scaled.to_numpy(), labels, folds)
    chosen = path.index_min if settings["rule"] == "min" else path.index_1se
    coefficients = dict(zip(scaled.columns, path.coefficients[chosen].tolist(), strict=True))
    return Lasso(
        coefficients={name: value for name, value in coefficients.items() if value != 0},
        intercept=float(path.intercepts[chosen]),
        penalty=float(path.lambdas[chosen]),
        curve={
            "penalty": path.lambdas.tolist(),
            "deviance": path.deviance_mean.tolist(),
            "standard_error": path.deviance_se.tolist(),
        },
    )


def inner_folds(patients: list[str], labels: NDArray[np.float64], count: int, seed: int) -> NDArray[np.int64] | None:
    """Deal patients into inner folds, class by class; None when a class has fewer than three patients."""
    outcome = pd.Series(labels, index=patients).groupby(level=0).max()
    count = min(count, int(outcome.value_counts().reindex([0.0, 1.0], fill_value=0).min()))
    if count < FEWEST_INNER_FOLDS:
        return None
    order = sorted(outcome.index, key=lambda patient: (outcome[patient], seed_for(seed, "inner", patient)))
    fold = {patient: position % count for position, patient in enumerate(order)}
    return np.array([fold[patient] for patient in patients], dtype=np.int64)
