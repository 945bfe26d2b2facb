"""The clinical model of several classes: multinomial logistic regression, or proportional odds of ordered ones."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, logit, ndtr, xlogy

from sonomics.core.schemas import PROBABILITY
from sonomics.core.settings.tasks import Task
from sonomics.core.tasks import outcome_of
from sonomics.statistics.regression.multinomial import MultinomialFit, fit_multinomial, predict_multinomial
from sonomics.statistics.regression.ordinal import OrdinalFit, fit_ordinal, predict_ordinal
from sonomics.train.classifiers.learner import Predicted
from sonomics.train.clinical_model.entry import (
    Regression,
    State,
    describe_entry,
    enter_variables,
    find_interval,
    read_design,
)
from sonomics.train.clinical_model.learner import ClinicalLearner
from sonomics.train.clinical_model.points import tabulate_class_points, tabulate_ordered_points

Floats = NDArray[np.float64]
COLUMNS = ["variable", "model", "odds_ratio", "lower", "upper", "p"]
COLUMNS_OF_CLASSES = ["variable", "model", "class", "odds_ratio", "lower", "upper", "p"]


def fit(clinical: pd.DataFrame, labels: Floats, enter: float, task: Task) -> State:
    """Fit the clinical model on training rows.

    Parameters
    ----------
    clinical : DataFrame
        Clinical columns, numeric or text.
    labels : (rows,) array
        Places of the classes.
    enter : float
        As for `enter_variables`.
    task : ClassesTask

    Returns
    -------
    dict
        `encodings`, `entered`, `names`, `classes`, `note`, and `odds_ratios` with 95 % Wald intervals. Of unordered
        classes `intercepts`, (k - 1), and `coefficients`, (k - 1, names): log odds of each class against the first,
        which the rows of `odds_ratios` name as `class`. Of ordered ones `thresholds` and `coefficients`, (names):
        logit P(class <= k) = threshold_k - x coefficients, so that an odds ratio above 1 goes with later classes.
        When nothing enters, the model has no maximum, or a class has no row, the shares of the classes are left (half a
        case more of each where one has no row). `note` says so.
    """
    classes = outcome_of(task).classes(task)
    regress = partial(_regress, labels=labels.astype(np.int64), classes=classes, is_ordered=_is_ordered(task))
    entry = enter_variables(clinical, enter, regress)
    return {
        "encodings": entry.encodings,
        "entered": entry.entered,
        "names": entry.names,
        "classes": classes,
        **entry.model.parameters,
        "odds_ratios": entry.ratios,
        "note": describe_entry(entry, enter),
    }


def apply(state: State, clinical: pd.DataFrame) -> Floats:
    """Compute the probabilities of each row, (rows, classes); a missing value counts as usual in training rows."""
    values, width = read_design(state, clinical), len(state["names"])
    if "thresholds" in state:
        return predict_ordinal(state["thresholds"], np.array(state["coefficients"], dtype=np.float64), values)
    others = np.array(state["coefficients"], dtype=np.float64).reshape(len(state["intercepts"]), width)
    coefficients = np.concatenate([np.zeros((1, width)), others])
    return predict_multinomial([0.0, *state["intercepts"]], coefficients, values)


def predict(state: State, clinical: pd.DataFrame, task: Task) -> list[Predicted]:
    """Predict the probability of every class."""
    columns = zip(state["classes"], apply(state, clinical).T, strict=True)
    return [Predicted(name, PROBABILITY, float("nan"), column) for name, column in columns]


def tabulate(state: State, task: Task) -> pd.DataFrame:
    """Turn the model into the points of one nomogram (ordered classes), or of one a class against the first."""
    return tabulate_ordered_points(state) if _is_ordered(task) else tabulate_class_points(state)


def list_columns(task: Task) -> list[str]:
    """List the columns of the table of odds ratios."""
    return COLUMNS if _is_ordered(task) else COLUMNS_OF_CLASSES


def _is_ordered(task: Task) -> bool:
    return bool(getattr(task, "ordered", False))


def _regress(values: pd.DataFrame, labels: NDArray[np.int64], classes: list[str], is_ordered: bool) -> Regression:
    counts = np.bincount(labels, minlength=len(classes)).astype(np.float64)
    if not values.shape[1]:
        return Regression(_share(counts, is_ordered), [], 1.0, "")
    design, places = values.to_numpy(dtype=np.float64), range(len(classes))
    model = fit_ordinal(design, labels, places) if is_ordered else fit_multinomial(design, labels, places)
    absent = [name for name, count in zip(classes, counts, strict=True) if not count]
    reason = f"no training case of the class {absent[0]}" if absent else model.reason
    gain = -2 * float(xlogy(counts, counts / counts.sum()).sum()) - model.deviance
    p = 1.0 if reason else float(chdtrc(model.coefficients.size, max(gain, 0.0)))
    if isinstance(model, OrdinalFit):
        ratios = _list_ratios(values.columns, model.coefficients, model.coefficients_se)
        return Regression(
            {"thresholds": model.thresholds.tolist(), "coefficients": model.coefficients.tolist()}, ratios, p, reason
        )
    parameters = {"intercepts": model.intercepts.tolist(), "coefficients": model.coefficients.tolist()}
    return Regression(parameters, _list_ratios_of_classes(values.columns, model, classes), p, reason)


def _share(counts: Floats, is_ordered: bool) -> dict[str, Any]:
    """Return the parameters of a model without a column: the shares of the classes, none of them 0."""
    share = counts + 0.5 if (counts == 0).any() else counts
    share = share / share.sum()
    if is_ordered:
        return {"thresholds": logit(np.cumsum(share)[:-1]).tolist(), "coefficients": []}
    return {"intercepts": np.log(share[1:] / share[0]).tolist(), "coefficients": [[] for _ in share[1:]]}


def _list_ratios(names: pd.Index, coefficients: Floats, errors: Floats) -> list[dict[str, Any]]:
    rows = []
    for name, value, se in zip(names, coefficients, errors, strict=True):
        lower, upper = find_interval(value, se)
        p = float(2 * ndtr(-abs(value / se)))
        rows.append({"variable": name, "odds_ratio": float(np.exp(value)), "lower": lower, "upper": upper, "p": p})
    return rows


def _list_ratios_of_classes(names: pd.Index, model: MultinomialFit, classes: list[str]) -> list[dict[str, Any]]:
    of_class = [
        [{**row, "class": name} for row in _list_ratios(names, coefficients, errors)]
        for name, coefficients, errors in zip(classes[1:], model.coefficients, model.coefficients_se, strict=True)
    ]
    return [row for rows in zip(*of_class, strict=True) for row in rows]


LEARNER = ClinicalLearner(fit, predict, tabulate, list_columns)
