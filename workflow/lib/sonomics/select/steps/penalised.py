"""Steps that fit a penalised regression of the outcome, its penalty chosen by cross-validation over patients."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.registry import load
from sonomics.core.seeds import seed_for
from sonomics.core.tasks import outcome_of
from sonomics.kinds.steps import Penalty
from sonomics.kinds.steps.elastic_net import ElasticNet
from sonomics.select.steps.training import CURVE, NO_FEATURE, PATH, Kept, PenalisedModel, Training
from sonomics.statistics.selection.cox_lasso import CoxLassoResult, cox_lasso_cv
from sonomics.statistics.selection.lasso import LassoResult, NoPathError, lasso_path_cv
from sonomics.statistics.selection.multinomial_lasso import MultinomialResult, multinomial_lasso_cv

FEWEST_INNER_FOLDS = 3
LEAST_DEVIANCE, WITHIN_ONE_ERROR = "min", "1se"
INTERCEPT = "(intercept)"

Floats = NDArray[np.float64]


def keep_by_lasso(names: list[str], training: Training, step: Penalty) -> Kept:
    """Keep the features with a coefficient in an L1-penalised logistic regression, as `keep_by_penalty`."""
    return keep_by_penalty(names, training, step.folds, step.rule, mixing=1.0)


def keep_by_elastic_net(names: list[str], training: Training, step: ElasticNet) -> Kept:
    """Keep the features with a coefficient in an elastic-net logistic regression, as `keep_by_penalty`."""
    return keep_by_penalty(names, training, step.folds, step.rule, step.mixing)


def keep_by_penalty(names: list[str], training: Training, folds: int, rule: str, mixing: float) -> Kept:
    """Fit a LASSO or elastic-net regression (Friedman et al. 2010) and keep the features with a coefficient.

    Logistic; of several classes multinomial; of the time to an event a Cox model.

    Parameters
    ----------
    names : list of str
    training : Training
    folds : int
        Inner folds; a patient's rows stay in one of them.
    rule : {"min", "1se"}
        The penalty with the least deviance, or the largest within one standard error of it.
    mixing : float
        Share of the L1 penalty, 1 for the LASSO.

    Returns
    -------
    Kept
        Nothing when there are no features, too few patients of a class for three inner folds, or no feature that varies
        with the labels; the note says which.
    """
    if not names:
        return _keep_nothing(NO_FEATURE)
    inner_folds = assign_inner_folds(training.patients, training.balanced, folds, training.seed, training.places)
    if inner_folds is None:
        return _keep_nothing(f"not estimable: under {FEWEST_INNER_FOLDS} patients of a class")
    try:
        fit = load(training.kind.penalised)
        model, kept = fit(names, training.scale(names).to_numpy(), training, inner_folds, mixing, rule)
    except NoPathError as problem:
        return _keep_nothing(f"not estimable: {problem}")
    return Kept(kept, model=model)


def fit_binomial(
    names: list[str], values: Floats, training: Training, inner_folds: NDArray[np.int64], mixing: float, rule: str
) -> tuple[PenalisedModel, list[str]]:
    """Fit a penalised logistic regression; return it and the features with a coefficient."""
    path = lasso_path_cv(values, training.labels, inner_folds, mixing=mixing)
    chosen = path.index_min if rule == LEAST_DEVIANCE else path.index_1se
    coefficients = dict(zip(names, path.coefficients[chosen].tolist(), strict=True))
    model = PenalisedModel(
        coefficients={name: value for name, value in coefficients.items() if value != 0},
        intercept=float(path.intercepts[chosen]),
        penalty=float(path.lambdas[chosen]),
        curve=_list_curve(path, path.coefficients),
        path=_list_coefficients(path.lambdas, path.intercepts, path.coefficients, names),
    )
    return model, list(model.coefficients)


def fit_multinomial(
    names: list[str], values: Floats, training: Training, inner_folds: NDArray[np.int64], mixing: float, rule: str
) -> tuple[PenalisedModel, list[str]]:
    """Fit a penalised multinomial regression; return it and the features with a coefficient of any class."""
    words = outcome_of(training.task).classes(training.task)
    truth = np.array(words)[training.labels.astype(np.int64)]
    path = multinomial_lasso_cv(values, truth, words, inner_folds, mixing=mixing)
    chosen = path.index_min if rule == LEAST_DEVIANCE else path.index_1se
    of_classes = {
        word: {
            "intercept": float(path.intercepts[chosen, place]),
            "coefficients": {
                name: value
                for name, value in zip(names, path.coefficients[chosen, place].tolist(), strict=True)
                if value != 0
            },
        }
        for place, word in enumerate(words)
    }
    has_coefficient = (path.coefficients[chosen] != 0).any(axis=0)
    named = [f"{name} ({word})" for word in words for name in names]
    model = PenalisedModel(
        penalty=float(path.lambdas[chosen]),
        curve=_list_curve(path, (path.coefficients != 0).any(axis=1).astype(np.int64)),
        path=_list_coefficients(
            path.lambdas, np.zeros(len(path.lambdas)), path.coefficients.reshape(len(path.lambdas), -1), named
        ),
        of_classes=of_classes,
    )
    return model, [name for name, kept in zip(names, has_coefficient, strict=True) if kept]


def fit_cox(
    names: list[str], values: Floats, training: Training, inner_folds: NDArray[np.int64], mixing: float, rule: str
) -> tuple[PenalisedModel, list[str]]:
    """Fit a penalised Cox model; return it and the features with a coefficient."""
    time, event = training.labels.T
    path = cox_lasso_cv(values, time, event, inner_folds, mixing=mixing)
    chosen = path.index_min if rule == LEAST_DEVIANCE else path.index_1se
    coefficients = dict(zip(names, path.coefficients[chosen].tolist(), strict=True))
    model = PenalisedModel(
        coefficients={name: value for name, value in coefficients.items() if value != 0},
        penalty=float(path.lambdas[chosen]),
        curve=_list_curve(path, path.coefficients),
        path=_list_coefficients(path.lambdas, np.zeros(len(path.lambdas)), path.coefficients, names),
    )
    return model, list(model.coefficients)


def assign_inner_folds(
    patients: list[str], labels: NDArray[np.float64], count: int, seed: int, places: Sequence[float] = (0.0, 1.0)
) -> NDArray[np.int64] | None:
    """Assign patients to inner folds, class by class.

    Returns
    -------
    (rows,) array of int or None
        The inner fold of each row; fewer than `count` when a class has fewer patients, None when it has fewer than
        three.
    """
    outcome = pd.Series(labels, index=patients).groupby(level=0).max()
    count = min(count, int(outcome.value_counts().reindex(list(places), fill_value=0).min()))
    if count < FEWEST_INNER_FOLDS:
        return None
    order = sorted(outcome.index, key=lambda patient: (outcome[patient], seed_for(seed, "inner", patient)))
    fold_of = {patient: position % count for position, patient in enumerate(order)}
    return np.array([fold_of[patient] for patient in patients], dtype=np.int64)


def _keep_nothing(note: str) -> Kept:
    return Kept([], note, PenalisedModel())


def _list_curve(
    path: LassoResult | MultinomialResult | CoxLassoResult, coefficients: NDArray[Any]
) -> dict[str, list[Any]]:
    chosen = {LEAST_DEVIANCE: path.index_min, WITHIN_ONE_ERROR: path.index_1se}
    penalties = range(len(path.lambdas))
    rules = [", ".join(rule for rule, at in chosen.items() if at == position) for position in penalties]
    counts = np.count_nonzero(coefficients, axis=1)
    columns = (path.lambdas.tolist(), path.deviance_mean.tolist(), path.deviance_se.tolist(), counts.tolist(), rules)
    return dict(zip(CURVE, columns, strict=True))


def _list_coefficients(
    lambdas: Floats, intercepts: Floats, coefficients: Floats, names: list[str]
) -> dict[str, list[Any]]:
    values = np.column_stack([intercepts, coefficients])
    is_listed = values != 0
    is_listed[:, 0] = True
    penalties, features = np.nonzero(is_listed)
    feature_names = [INTERCEPT, *names]
    columns = (
        lambdas[penalties].tolist(),
        [feature_names[position] for position in features],
        values[is_listed].tolist(),
    )
    return dict(zip(PATH, columns, strict=True))
