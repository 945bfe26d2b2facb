"""Univariable logistic regressions choose the variables, a multivariable one combines them."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, expit, ndtr

from sonomics.core.rows import weigh_columns
from sonomics.statistics.regression.logistic import LogisticFit, fit_logistic, log_likelihood
from sonomics.train.clinical_model.encoding import apply_encoding, fit_encoding

State = dict[str, Any]
# Half width of a 95 % interval in standard errors: the 97.5 % quantile of the normal distribution.
HALF_WIDTH = 1.959963984540054


def fit(clinical: pd.DataFrame, labels: NDArray[np.float64], enter: float) -> State:
    """Fit the clinical model on training rows.

    Parameters
    ----------
    clinical : DataFrame
        Clinical columns, numeric or text.
    labels : (rows,) array of 0 and 1
    enter : float
        A variable enters the multivariable model when the likelihood ratio test of its univariable one has a smaller P.

    Returns
    -------
    dict
        `encodings`, `entered`, `names`, `coefficients`, `intercept`, and `odds_ratios`: rows of `variable, model,
        odds_ratio, lower, upper, p` (95 % Wald intervals). A variable whose univariable model has no maximum does not
        enter. When nothing enters, or the multivariable model has no maximum (separable classes), the intercept alone
        is left. `note` says so.
    """
    encodings = {str(name): fit_encoding(clinical[name]) for name in clinical}
    columns = {name: apply_encoding(clinical[name], encoding) for name, encoding in encodings.items()}
    odds_ratios, entered, without_maximum = [], [], []
    for name, values in columns.items():
        model = _fit_regression(values, labels)
        odds_ratios += _list_odds_ratios(model, values.columns, "univariable")
        if np.isnan(model.coefficients).any():
            without_maximum.append(name)
        elif _likelihood_ratio_p(model, values, labels) < enter:
            entered.append(name)
    joined = pd.concat([columns[name] for name in entered], axis=1) if entered else pd.DataFrame(index=clinical.index)
    model = _fit_regression(joined, labels)
    odds_ratios += _list_odds_ratios(model, joined.columns, "multivariable")
    notes = []
    if without_maximum:
        notes.append(f"{', '.join(without_maximum)}: no univariable maximum (constant, or separates the classes)")
    if not entered:
        notes.append(f"no variable has a univariable P < {enter:g}")
    elif np.isnan(model.coefficients).any():
        notes.append("the multivariable model has no maximum (separable classes)")
        joined = joined.iloc[:, :0]
        model = _fit_regression(joined, labels)
    return {
        "encodings": encodings,
        "entered": entered,
        "names": list(joined),
        "coefficients": model.coefficients[1:].tolist(),
        "intercept": _prior_log_odds(labels) if np.isnan(model.coefficients[0]) else float(model.coefficients[0]),
        "odds_ratios": odds_ratios,
        "note": "; ".join(notes),
    }


def apply(state: State, clinical: pd.DataFrame) -> NDArray[np.float64]:
    """Compute the probability of each row; a missing value counts as the median or the reference of training rows."""
    columns = [apply_encoding(clinical[name], encoding) for name, encoding in state["encodings"].items()]
    values = pd.concat(columns, axis=1)[state["names"]].to_numpy() if state["names"] else np.zeros((len(clinical), 0))
    linear = state["intercept"] + weigh_columns(values, np.array(state["coefficients"]))
    return np.asarray(expit(linear), dtype=np.float64)


def _fit_regression(values: pd.DataFrame, labels: NDArray[np.float64]) -> LogisticFit:
    design = np.column_stack([np.ones(len(labels)), values.to_numpy(dtype=np.float64)])
    return fit_logistic(design, labels, np.zeros(len(labels)))


def _prior_log_odds(labels: NDArray[np.float64]) -> float:
    """Return the log odds of the share of positives, half a case away from certainty."""
    return float(np.log((labels.sum() + 0.5) / (len(labels) - labels.sum() + 0.5)))


def _likelihood_ratio_p(model: LogisticFit, values: pd.DataFrame, labels: NDArray[np.float64]) -> float:
    """Return the P of a model that has a maximum against the intercept alone (Wilks 1938); 1 when it has no column."""
    if not values.shape[1]:
        return 1.0
    linear = model.coefficients[0] + values.to_numpy(dtype=np.float64) @ model.coefficients[1:]
    null = np.full(len(labels), np.log(labels.mean() / (1 - labels.mean())))
    gain = 2 * (log_likelihood(labels, linear) - log_likelihood(labels, null))
    return float(chdtrc(values.shape[1], max(gain, 0.0)))


def _list_odds_ratios(model: LogisticFit, names: pd.Index, kind: str) -> list[dict[str, Any]]:
    error = np.sqrt(np.diag(model.covariance))
    rows = []
    for name, value, se in zip(names, model.coefficients[1:], error[1:], strict=True):
        lower, upper = np.exp(value - HALF_WIDTH * se), np.exp(value + HALF_WIDTH * se)
        p = 2 * ndtr(-abs(value / se))
        about = {"variable": name, "model": kind}
        rows.append({**about, "odds_ratio": np.exp(value), "lower": lower, "upper": upper, "p": p})
    return rows
