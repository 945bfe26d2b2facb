"""The clinical model of a binary task: logistic regression."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, expit, ndtr

from sonomics.core.rows import weigh_columns
from sonomics.core.schemas import PROBABILITY
from sonomics.statistics.regression.logistic import LogisticFit, fit_logistic, log_likelihood
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
from sonomics.train.clinical_model.points import tabulate_points

COLUMNS = ["variable", "model", "odds_ratio", "lower", "upper", "p"]


def fit(clinical: pd.DataFrame, labels: NDArray[np.float64], enter: float) -> State:
    """Fit the clinical model on training rows.

    Parameters
    ----------
    clinical : DataFrame
        Clinical columns, numeric or text.
    labels : (rows,) array of 0 and 1
    enter : float
        As for `enter_variables`.

    Returns
    -------
    dict
        `encodings`, `entered`, `names`, `coefficients`, `intercept`, and `odds_ratios`: rows of `variable, model,
        odds_ratio, lower, upper, p` (95 % Wald intervals). A variable whose univariable model has no maximum does not
        enter. When nothing enters, or the multivariable model has no maximum (separable classes), the intercept alone
        is left. `note` says so.
    """
    entry = enter_variables(clinical, enter, partial(_regress, labels=labels))
    described = entry._replace(reason="separable classes") if entry.reason else entry
    return {
        "encodings": entry.encodings,
        "entered": entry.entered,
        "names": entry.names,
        **entry.model.parameters,
        "odds_ratios": entry.ratios,
        "note": describe_entry(described, enter),
    }


def apply(state: State, clinical: pd.DataFrame) -> NDArray[np.float64]:
    """Compute the probability of each row; a missing value counts as the median or the reference of training rows."""
    values = read_design(state, clinical)
    linear = state["intercept"] + weigh_columns(values, np.array(state["coefficients"]))
    return np.asarray(expit(linear), dtype=np.float64)


def _regress(values: pd.DataFrame, labels: NDArray[np.float64]) -> Regression:
    design = np.column_stack([np.ones(len(labels)), values.to_numpy(dtype=np.float64)])
    model = fit_logistic(design, labels, np.zeros(len(labels)))
    unknown = bool(np.isnan(model.coefficients).any())
    intercept = _prior_log_odds(labels) if unknown else float(model.coefficients[0])
    return Regression(
        {"coefficients": model.coefficients[1:].tolist(), "intercept": intercept},
        _list_odds_ratios(model, values.columns),
        1.0 if unknown else _likelihood_ratio_p(model, values, labels),
        "constant, or separates the classes" if unknown else "",
    )


def _prior_log_odds(labels: NDArray[np.float64]) -> float:
    """Return the log odds of the share of positives, half a case away from certainty."""
    return float(np.log((labels.sum() + 0.5) / (len(labels) - labels.sum() + 0.5)))


def _likelihood_ratio_p(model: LogisticFit, values: pd.DataFrame, labels: NDArray[np.float64]) -> float:
    """Return the P of a model that has a maximum against the intercept alone; 1 when it has no column."""
    if not values.shape[1]:
        return 1.0
    linear = model.coefficients[0] + values.to_numpy(dtype=np.float64) @ model.coefficients[1:]
    null = np.full(len(labels), np.log(labels.mean() / (1 - labels.mean())))
    gain = 2 * (log_likelihood(labels, linear) - log_likelihood(labels, null))
    return float(chdtrc(values.shape[1], max(gain, 0.0)))


def _list_odds_ratios(model: LogisticFit, names: pd.Index) -> list[dict[str, Any]]:
    error = np.sqrt(np.diag(model.covariance))
    rows = []
    for name, value, se in zip(names, model.coefficients[1:], error[1:], strict=True):
        lower, upper = find_interval(value, se)
        p = 2 * ndtr(-abs(value / se))
        rows.append({"variable": name, "odds_ratio": np.exp(value), "lower": lower, "upper": upper, "p": p})
    return rows


LEARNER = ClinicalLearner(
    lambda clinical, labels, enter, task: fit(clinical, labels, enter),
    lambda state, clinical, task: [Predicted("1", PROBABILITY, float("nan"), apply(state, clinical))],
    lambda state, task: tabulate_points(state),
    lambda task: COLUMNS,
)
