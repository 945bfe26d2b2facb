"""LASSO and elastic-net regression for several classes along a path of penalties, with cross-validated deviance.

The penalised likelihood is that of glmnet's multinomial family, symmetric in the classes: mean negative log-likelihood
+ lambda (mixing P1 + (1 - mixing) / 2 sum b^2). P1 is sum |b| ("separate") or, over the features, the length of the
vector of a feature's coefficients ("grouped"), which takes a feature for all classes or for none.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import log_softmax

from sonomics.statistics.classification.codes import encode_classes
from sonomics.statistics.estimates import Booleans, Floats
from sonomics.statistics.regression.design import Design, standardise_design
from sonomics.statistics.selection.active_set import (
    check_penalties,
    count_until_stalled,
    space_penalties,
)
from sonomics.statistics.selection.class_descent import follow_class_path
from sonomics.statistics.selection.group_path import follow_group_path
from sonomics.statistics.selection.held_out import choose_penalty, list_folds
from sonomics.statistics.selection.lasso import LEAST_PROBABILITY, NoPathError, lasso_path
from sonomics.statistics.selection.multinomial_loss import MultinomialLoss

Grouping = Literal["separate", "grouped"]

# Gain of a step, as a share of the null loss, below which steps end: glmnet's `thresh`, whose default is 1e-7.
PRECISION = 1e-8


class MultinomialPath(NamedTuple):
    """Solutions for descending penalties.

    Attributes
    ----------
    lambdas : ndarray, shape (l,)
    intercepts : ndarray, shape (l, classes)
        Sum 0 over the classes.
    coefficients : ndarray, shape (l, classes, p)
        On the scale of the columns given; 0 for a constant column.
    explained : ndarray, shape (l,)
        Share of the deviance.
    """

    lambdas: Floats
    intercepts: Floats
    coefficients: Floats
    explained: Floats


class MultinomialResult(NamedTuple):
    """A path on all rows (see `MultinomialPath`) and its cross-validated deviance (see `held_out.HeldOut`)."""

    lambdas: Floats
    intercepts: Floats
    coefficients: Floats
    deviance_mean: Floats
    deviance_se: Floats
    index_min: int
    index_1se: int


def multinomial_lambda_path(
    x: ArrayLike,
    y: ArrayLike,
    classes: Sequence[str | int],
    n_lambda: int = 100,
    mixing: float = 1.0,
    grouping: Grouping = "separate",
) -> Floats:
    """Compute descending, log-equidistant penalties from the smallest that zeroes every coefficient.

    Parameters
    ----------
    x, y, classes, grouping
        As `multinomial_lasso_path`.
    n_lambda : int
        Number of penalties.
    mixing : float
        Share of the L1 penalty, in (0, 1].

    Raises
    ------
    ValueError
        As `multinomial_lasso_path`.
    NoPathError
        If no column varies with the classes.
    """
    code = _check_classes(y, classes)
    table = standardise_design(x, code.size).values
    indicator = np.eye(len(classes))[code]
    slopes = np.abs(table.T @ (indicator - indicator.mean(axis=0))) / code.size
    largest = float((np.linalg.norm(slopes, axis=1) if grouping == "grouped" else slopes).max()) / mixing
    if largest <= 1e-12:
        raise NoPathError("no feature varies with the classes")
    return space_penalties(largest, len(table), table.shape[1], n_lambda)


def multinomial_lasso_path(
    x: ArrayLike,
    y: ArrayLike,
    classes: Sequence[str | int],
    lambdas: ArrayLike,
    mixing: float = 1.0,
    grouping: Grouping = "separate",
    precision: float = PRECISION,
) -> MultinomialPath:
    """Minimise the penalised loss for every penalty, each from the solution before.

    Parameters
    ----------
    x : array_like, shape (n, p)
        Any scale: columns are standardised on these rows before they are penalised.
    y : array_like, shape (n,)
        Class of every row.
    classes : sequence of str
        All classes, two or more, in the order of the coefficients.
    lambdas : array_like, shape (l,)
        Positive, descending.
    mixing : float
        Share of the L1 penalty, in (0, 1]; 1 is the LASSO.
    grouping : {"separate", "grouped"}
    precision : float
        Gain of a step, as a share of the null loss, below which steps end; the time grows with the digits.

    Returns
    -------
    MultinomialPath
        Two classes with "separate" are the binomial LASSO. Once 99.9 % of the deviance is explained, or where the steps
        do not end, as in a fit that runs to infinity, the last solution is repeated for the remaining penalties, as
        glmnet ends its path.

    Raises
    ------
    ValueError
        If a class is not listed or has no row, a value is NaN, penalties are not positive and descending, or mixing
        lies outside (0, 1].

    References
    ----------
    Friedman J, Hastie T, Tibshirani R, J Stat Softw 2010 (separate); Simon N, Friedman J, Hastie T, arXiv 1311.6529,
    2013 (grouped).
    """
    return _fit_path(x, y, classes, check_penalties(lambdas, mixing), mixing, grouping, precision)


def multinomial_lasso_cv(
    x: ArrayLike,
    y: ArrayLike,
    classes: Sequence[str | int],
    fold_ids: ArrayLike,
    n_lambda: int = 100,
    lambdas: ArrayLike | None = None,
    mixing: float = 1.0,
    grouping: Grouping = "separate",
    precision: float = PRECISION,
) -> MultinomialResult:
    """Fit the path on all rows and score every penalty by multinomial deviance over the given folds.

    Parameters
    ----------
    x, y, classes, mixing, grouping, precision
        As `multinomial_lasso_path`; each fold standardises on its own training rows.
    fold_ids : array_like, shape (n,)
        Fold in which each row is held out.
    n_lambda : int
        Length of the default path, which ends early when the fit is saturated or stalls.
    lambdas : array_like, shape (l,), optional
        Penalties to use instead of the default path.

    Returns
    -------
    MultinomialResult
        Deviance: -2 log-likelihood per held-out row.

    Raises
    ------
    ValueError
        As `multinomial_lasso_path`; also with fewer than two folds or a fold that leaves a class without rows.
    NoPathError
        As `multinomial_lambda_path`, when no penalties are given.
    """
    code = _check_classes(y, classes)
    table, labels = np.asarray(x, dtype=np.float64), np.asarray(y)
    folds = list_folds(fold_ids, code.size)
    if lambdas is None:
        penalties = multinomial_lambda_path(table, labels, classes, n_lambda, mixing, grouping)
        path = multinomial_lasso_path(table, labels, classes, penalties, mixing, grouping, precision)
        path = MultinomialPath(*(part[: count_until_stalled(path.explained)] for part in path))
    else:
        path = multinomial_lasso_path(table, labels, classes, lambdas, mixing, grouping, precision)

    def score(rows: Booleans) -> Floats:
        fitted = _fit_path(table[~rows], labels[~rows], classes, path.lambdas, mixing, grouping, precision)
        linear = fitted.intercepts[:, None] + np.einsum("np,lkp->lnk", table[rows], fitted.coefficients)
        # Each probability is cut by itself, and the others are left as they are, as glmnet does.
        log_probability = np.log(np.clip(np.exp(log_softmax(linear, axis=2)), LEAST_PROBABILITY, 1 - LEAST_PROBABILITY))
        return np.asarray(-2 * log_probability[:, np.arange(rows.sum()), code[rows]].mean(axis=1), dtype=np.float64)

    chosen = choose_penalty(folds, [rows.sum() for rows in folds], score)
    return MultinomialResult(path.lambdas, path.intercepts, path.coefficients, *chosen)


def _fit_path(
    x: ArrayLike,
    y: ArrayLike,
    classes: Sequence[str | int],
    penalties: Floats,
    mixing: float,
    grouping: Grouping,
    precision: float,
) -> MultinomialPath:
    code = _check_classes(y, classes)
    scaled = standardise_design(x, code.size)
    if len(classes) == 2 and grouping == "separate":
        return _halve_binomial(scaled, code, penalties, mixing)
    loss = MultinomialLoss(scaled.values, code, len(classes))
    follow = follow_group_path if grouping == "grouped" else follow_class_path
    found = follow(loss, penalties, mixing, precision)
    table = found.coefficients.reshape(len(penalties), -1, len(classes))
    coefficients = table[:, 1:].transpose(0, 2, 1) / scaled.spread
    intercepts = table[:, 0] - coefficients @ scaled.centre
    return MultinomialPath(
        penalties, intercepts - intercepts.mean(axis=1, keepdims=True), coefficients, found.explained
    )


def _halve_binomial(scaled: Design, code: np.ndarray, penalties: Floats, mixing: float) -> MultinomialPath:
    """Fit two classes by one log odds, of which each class has half, with the penalty that both halves add up to."""
    weight = mixing + (1 - mixing) / 2
    path = lasso_path(scaled.values, code, penalties * weight, mixing / weight)
    coefficients = path.coefficients / scaled.spread
    intercepts = path.intercepts - coefficients @ scaled.centre
    shift, slopes = (np.stack([-part / 2, part / 2], axis=1) for part in (intercepts, coefficients))
    return MultinomialPath(penalties, shift, slopes, path.explained)


def _check_classes(y: ArrayLike, classes: Sequence[str | int]) -> np.ndarray:
    code = encode_classes(y, classes)
    if len(classes) < 2:
        raise ValueError("fewer than two classes to fit on")
    absent = [str(name) for number, name in enumerate(classes) if not (code == number).any()]
    if absent:
        raise ValueError(f"no row to fit on of class {', '.join(absent)}")
    return code
