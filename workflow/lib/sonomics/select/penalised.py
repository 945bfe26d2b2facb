"""Penalised logistic regression that chooses features, its penalty chosen by cross-validation over patients."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import seed_for
from sonomics.statistics.selection.lasso import LassoResult, NoPathError, lasso_path_cv

FEWEST_INNER_FOLDS = 3
NO_FEATURE = "not applied: no feature is left"
LEAST_DEVIANCE, WITHIN_ONE_ERROR = "min", "1se"
INTERCEPT = "(intercept)"
CURVE = ("penalty", "deviance", "standard_error", "features", "rule")
PATH = ("penalty", "feature", "coefficient")


@dataclass(frozen=True)
class Penalised:
    """What is left: coefficients of z-scored features, and the cross-validation that chose the penalty.

    Attributes
    ----------
    coefficients : dict of str to float
        Those that are not zero.
    intercept, penalty : float
        NaN when nothing was fitted.
    curve : dict of str to list
        `penalty`, `deviance`, `standard_error` of the cross-validation, number of `features` with a coefficient, and
        the `rule` that chooses the penalty ("" for most; "min, 1se" where both choose it).
    path : dict of str to list
        `penalty`, `feature`, `coefficient` for every coefficient that is not zero and for the intercept.
    note : str
        Why nothing was fitted.
    """

    coefficients: dict[str, float] = field(default_factory=dict)
    intercept: float = float("nan")
    penalty: float = float("nan")
    curve: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in CURVE})
    path: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in PATH})
    note: str = ""


def keep_by_penalty(
    scaled: pd.DataFrame,
    labels: NDArray[np.float64],
    patients: list[str],
    folds: int,
    rule: str,
    mixing: float,
    seed: int,
) -> Penalised:
    """Fit a LASSO or elastic-net logistic regression (Friedman et al. 2010).

    Parameters
    ----------
    scaled : DataFrame
        z-scored features of the training rows.
    labels : (rows,) array of 0 and 1
    patients : list of str
        Of each row; a patient's rows stay in one inner fold.
    folds : int
        Inner folds.
    rule : {"min", "1se"}
        The penalty with the least deviance, or the largest within one standard error of it.
    mixing : float
        Share of the L1 penalty, 1 for the LASSO.
    seed : int
        Of the inner folds.

    Returns
    -------
    Penalised
        Without coefficients when there are no features, too few patients of a class for three inner folds, or no
        feature that varies with the labels; the note says which.
    """
    if scaled.shape[1] == 0:
        return Penalised(note=NO_FEATURE)
    members = inner_folds(patients, labels, folds, seed)
    if members is None:
        return Penalised(note=f"not estimable: under {FEWEST_INNER_FOLDS} patients of a class")
    try:
        path = lasso_path_cv(scaled.to_numpy(), labels, members, mixing=mixing)
    except NoPathError as problem:
        return Penalised(note=f"not estimable: {problem}")
    chosen = path.index_min if rule == LEAST_DEVIANCE else path.index_1se
    coefficients = dict(zip(scaled.columns, path.coefficients[chosen].tolist(), strict=True))
    return Penalised(
        coefficients={name: value for name, value in coefficients.items() if value != 0},
        intercept=float(path.intercepts[chosen]),
        penalty=float(path.lambdas[chosen]),
        curve=_curve(path),
        path=_coefficients(path, [str(name) for name in scaled]),
    )


def _curve(path: LassoResult) -> dict[str, list[Any]]:
    chosen = {LEAST_DEVIANCE: path.index_min, WITHIN_ONE_ERROR: path.index_1se}
    rules = [", ".join(rule for rule, at in chosen.items() if at == place) for place in range(len(path.lambdas))]
    counts = np.count_nonzero(path.coefficients, axis=1)
    columns = (path.lambdas.tolist(), path.deviance_mean.tolist(), path.deviance_se.tolist(), counts.tolist(), rules)
    return dict(zip(CURVE, columns, strict=True))


def _coefficients(path: LassoResult, names: list[str]) -> dict[str, list[Any]]:
    values = np.column_stack([path.intercepts, path.coefficients])
    shown = values != 0
    shown[:, 0] = True
    penalties, features = np.nonzero(shown)
    named = [INTERCEPT, *names]
    columns = (path.lambdas[penalties].tolist(), [named[place] for place in features], values[shown].tolist())
    return dict(zip(PATH, columns, strict=True))


def inner_folds(patients: list[str], labels: NDArray[np.float64], count: int, seed: int) -> NDArray[np.int64] | None:
    """Deal patients into inner folds, class by class; None when a class has fewer than three patients."""
    outcome = pd.Series(labels, index=patients).groupby(level=0).max()
    count = min(count, int(outcome.value_counts().reindex([0.0, 1.0], fill_value=0).min()))
    if count < FEWEST_INNER_FOLDS:
        return None
    order = sorted(outcome.index, key=lambda patient: (outcome[patient], seed_for(seed, "inner", patient)))
    fold = {patient: position % count for position, patient in enumerate(order)}
    return np.array([fold[patient] for patient in patients], dtype=np.int64)
