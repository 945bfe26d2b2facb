"""Train a clinical model of one fold: univariable logistic regressions choose, a multivariable one combines."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import chdtrc, expit, ndtr

from sonomics.core.cohort import read_cohort
from sonomics.core.files import write_csv, write_json
from sonomics.core.jobs import run_job
from sonomics.core.svg import covering
from sonomics.statistics.regression.logistic import LogisticFit, fit_logistic, log_likelihood
from sonomics.statistics.regression.nomogram import nomogram
from sonomics.train.rows import divide, training_parser, write_predictions

State = dict[str, Any]
HALF_WIDTH = 1.959963984540054


def encode(column: pd.Series) -> State:
    """Learn from training rows how a clinical column enters a regression.

    Returns
    -------
    dict
        A number: `median`, which stands in for a missing value, `low` and `high`, the least and the largest. Text:
        `levels`, the first of which is the reference and stands in for a missing value: the most frequent, of equals
        the first in the alphabet.
    """
    known = column.dropna()
    if pd.api.types.is_numeric_dtype(column):
        known = known if len(known) else pd.Series([0.0])
        return {"median": float(known.median()), "low": float(known.min()), "high": float(known.max())}
    counts = known.astype(str).value_counts()
    return {"levels": sorted(counts.index, key=lambda level: (-counts[level], level))}


def encoded(column: pd.Series, encoding: State) -> pd.DataFrame:
    """Turn a clinical column into columns of numbers, named `<column>` or `<column>=<level>`; unknown levels are 0."""
    if "median" in encoding:
        return column.astype(float).fillna(encoding["median"]).to_frame()
    return pd.DataFrame(
        {f"{column.name}={level}": (column.astype(str) == level).astype(float) for level in encoding["levels"][1:]},
        index=column.index,
    )


def fit(clinical: pd.DataFrame, labels: NDArray[np.float64], enter: float) -> State:
    """Fit the clinical model on training rows.

    Parameters
    ----------
    clinical : DataFrame
        Clinical columns, numeric or text.
    labels : (rows,) array of 0 and 1
    enter : float
        A variable enters the multivariable model when the likelihood ratio test of its univariable one has a smaller p.

    Returns
    -------
    dict
        `encodings`, `entered`, `names`, `coefficients`, `intercept`, and `odds_ratios`: rows of `variable, model,
        odds_ratio, lower, upper, p` (95 % Wald intervals). A variable whose univariable model has no maximum does not
        enter. When nothing enters, or the multivariable model has no maximum (separable classes), the intercept alone
        is left. `note` says so.
    """
    encodings = {str(name): encode(clinical[name]) for name in clinical}
    columns = {name: encoded(clinical[name], encoding) for name, encoding in encodings.items()}
    rows, entered, endless = [], [], []
    for name, values in columns.items():
        model = _fitted(values, labels)
        rows += _odds_ratios(model, values.columns, "univariable")
        if np.isnan(model.coefficients).any():
            endless.append(name)
        elif _likelihood_ratio_p(model, values, labels) < enter:
            entered.append(name)
    joined = pd.concat([columns[name] for name in entered], axis=1) if entered else pd.DataFrame(index=clinical.index)
    model = _fitted(joined, labels)
    rows += _odds_ratios(model, joined.columns, "multivariable")
    notes = [f"{', '.join(endless)}: no univariable maximum (constant, or separates the classes)"] if endless else []
    if not entered:
        notes.append(f"no variable has a univariable P < {enter:g}")
    elif np.isnan(model.coefficients).any():
        notes.append("the multivariable model has no maximum (separable classes)")
        joined = joined.iloc[:, :0]
        model = _fitted(joined, labels)
    return {
        "encodings": encodings,
        "entered": entered,
        "names": list(joined),
        "coefficients": model.coefficients[1:].tolist(),
        "intercept": _prior(labels) if np.isnan(model.coefficients[0]) else float(model.coefficients[0]),
        "odds_ratios": rows,
        "note": "; ".join(notes),
    }


def apply(state: State, clinical: pd.DataFrame) -> NDArray[np.float64]:
    """Give the probability of each row; a missing value counts as the training rows' usual one."""
    columns = [encoded(clinical[name], encoding) for name, encoding in state["encodings"].items()]
    values = pd.concat(columns, axis=1)[state["names"]].to_numpy() if state["names"] else np.zeros((len(clinical), 0))
    return np.asarray(expit(state["intercept"] + values @ np.array(state["coefficients"])), dtype=np.float64)


def points(state: State) -> pd.DataFrame:
    """Turn a clinical model into the points of a nomogram, as `nomogram` returns them.

    Numbers have marks from the least to the largest of the training rows.
    """
    added = dict(zip(state["names"], state["coefficients"], strict=True))
    axes = {}
    for name in state["entered"]:
        encoding = state["encodings"][name]
        if "median" in encoding:
            values = covering(encoding["low"], encoding["high"])
            axes[name] = [(f"{value:g}", value * added[name]) for value in values] if name in added else []
        else:
            axes[name] = [(level, added.get(f"{name}={level}", 0.0)) for level in encoding["levels"]]
    return nomogram({name: marks for name, marks in axes.items() if marks}, state["intercept"])


def _fitted(values: pd.DataFrame, labels: NDArray[np.float64]) -> LogisticFit:
    design = np.column_stack([np.ones(len(labels)), values.to_numpy(dtype=np.float64)])
    return fit_logistic(design, labels, np.zeros(len(labels)))


def _prior(labels: NDArray[np.float64]) -> float:
    """Return the log odds of the share of positives, half a case away from certainty."""
    return float(np.log((labels.sum() + 0.5) / (len(labels) - labels.sum() + 0.5)))


def _likelihood_ratio_p(model: LogisticFit, values: pd.DataFrame, labels: NDArray[np.float64]) -> float:
    """Return the p of a model that has a maximum against the intercept alone (Wilks 1938); 1 when it has no column."""
    if not values.shape[1]:
        return 1.0
    linear = model.coefficients[0] + values.to_numpy(dtype=np.float64) @ model.coefficients[1:]
    null = np.full(len(labels), np.log(labels.mean() / (1 - labels.mean())))
    gain = 2 * (log_likelihood(labels, linear) - log_likelihood(labels, null))
    return float(chdtrc(values.shape[1], max(gain, 0.0)))


def _odds_ratios(model: LogisticFit, names: pd.Index, kind: str) -> list[dict[str, Any]]:
    error = np.sqrt(np.diag(model.covariance))
    rows = []
    for name, value, se in zip(names, model.coefficients[1:], error[1:], strict=True):
        low, high = np.exp(value - HALF_WIDTH * se), np.exp(value + HALF_WIDTH * se)
        p = 2 * ndtr(-abs(value / se))
        about = {"variable": name, "model": kind}
        rows.append({**about, "odds_ratio": np.exp(value), "lower": low, "upper": high, "p": p})
    return rows


def main(argv: Sequence[str] | None = None) -> None:
    """Write the state, the odds ratios, the points of the nomogram and the predictions."""
    parser = training_parser(__doc__)
    parser.add_argument("--odds-ratios", type=Path, required=True)
    parser.add_argument("--nomogram", type=Path, required=True)
    args = parser.parse_args(argv)
    settings: Mapping[str, Any] = args.settings["train"]["models"][args.model]
    rows = read_cohort(args.cohort, args.settings["study"]).assign(image="")
    division = divide(rows, args)
    clinical = rows[settings["columns"]]
    labels = division.labels[division.inside].to_numpy(dtype=np.float64)
    state = fit(clinical[division.inside], labels, settings["enter"])
    write_json(args.state, state)
    table = pd.DataFrame(state["odds_ratios"], columns=["variable", "model", "odds_ratio", "lower", "upper", "p"])
    write_csv(args.odds_ratios, table)
    write_csv(args.nomogram, points(state))
    write_predictions(rows, division, "probability", apply(state, clinical[division.outside]), args)


if __name__ == "__main__":
    run_job(main)
