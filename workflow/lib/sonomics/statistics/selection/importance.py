"""Importance of columns for an outcome: of a ridge regression, and of a forest, for classes and for survival.

Each returns a function of the columns (and, for a forest, a seed), as `recursive_elimination` and `boruta` take it.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from sonomics.statistics.estimates import Floats
from sonomics.statistics.inputs import check_follow_up
from sonomics.statistics.regression.design import standardise_design
from sonomics.statistics.selection.cox_lasso import cox_lasso_path
from sonomics.statistics.survival.breslow import BreslowLoss


def ridge_importance_of_classes(y: ArrayLike, strength: float = 1.0) -> Callable[[Floats], Floats]:
    """Take the longest standardised coefficients over the classes of an L2-penalised (multinomial) logistic model.

    Parameters
    ----------
    y : array_like, shape (n,)
        Class of every row, two classes or more.
    strength : float
        Of the penalty, positive: sum of losses + strength / 2 sum b^2.

    References
    ----------
    Guyon I et al., Mach Learn 2002.
    """
    labels = np.asarray(y)

    def importance(columns: Floats) -> Floats:
        from sklearn.linear_model import LogisticRegression

        scaled = standardise_design(columns, labels.size).values
        model = LogisticRegression(C=1 / strength, tol=1e-8, max_iter=10_000).fit(scaled, labels)
        return np.asarray(np.linalg.norm(model.coef_, axis=0), dtype=np.float64)

    return importance


def ridge_importance_of_survival(time: ArrayLike, event: ArrayLike, penalty: float = 0.1) -> Callable[[Floats], Floats]:
    """Take the standardised coefficients of a ridge Cox model, without sign.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    penalty : float
        See `cox_lasso.cox_lasso_path`.
    """
    happened, times = check_follow_up(time, event)

    def importance(columns: Floats) -> Floats:
        scaled = standardise_design(columns, times.size).values
        path = cox_lasso_path(scaled, times, happened, [penalty], mixing=0.0)
        return np.asarray(np.abs(path.coefficients[0]), dtype=np.float64)

    return importance


def forest_importance_of_classes(y: ArrayLike, trees: int = 200) -> Callable[[Floats, int], Floats]:
    """Take the mean decrease of Gini's impurity in a forest.

    Parameters
    ----------
    y : array_like, shape (n,)
        Class of every row, two classes or more.
    trees : int

    References
    ----------
    Breiman L, Mach Learn 2001.
    """
    labels = np.asarray(y)

    def importance(columns: Floats, seed: int) -> Floats:
        from sklearn.ensemble import RandomForestClassifier

        forest = RandomForestClassifier(trees, random_state=seed, n_jobs=1).fit(columns, labels)
        return np.asarray(forest.feature_importances_, dtype=np.float64)

    return importance


def forest_importance_of_survival(
    time: ArrayLike, event: ArrayLike, trees: int = 200
) -> Callable[[Floats, int], Floats]:
    """Take the mean decrease of variance in a forest of the martingale residuals of the model without covariates.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)
    trees : int

    References
    ----------
    Therneau TM, Grambsch PM, Fleming TR, Biometrika 1990; LeBlanc M, Crowley J, Biometrics 1992.
    """
    residuals = martingale_residuals(time, event)

    def importance(columns: Floats, seed: int) -> Floats:
        from sklearn.ensemble import RandomForestRegressor

        forest = RandomForestRegressor(trees, max_features=1 / 3, random_state=seed, n_jobs=1)
        return np.asarray(forest.fit(columns, residuals).feature_importances_, dtype=np.float64)

    return importance


def martingale_residuals(time: ArrayLike, event: ArrayLike) -> Floats:
    """Compute event minus Nelson and Aalen's cumulative hazard at the end of follow-up, shape (n,); they sum to 0.

    Parameters
    ----------
    time : array_like, shape (n,)
    event : array_like of 0/1, shape (n,)

    References
    ----------
    Therneau TM, Grambsch PM, Fleming TR, Biometrika 1990.
    """
    happened, times = check_follow_up(time, event)
    loss = BreslowLoss(np.zeros((times.size, 1)), times, happened)
    hazard = np.concatenate([[0.0], loss.baseline(np.zeros(times.size))])
    return np.asarray(happened - hazard[np.searchsorted(loss.times, times, side="right")], dtype=np.float64)
