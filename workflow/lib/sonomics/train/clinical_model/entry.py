"""Univariable regressions choose the variables, a multivariable one combines them."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.train.clinical_model.encoding import Encoding, apply_encoding, fit_encoding

Floats = NDArray[np.float64]
State = dict[str, Any]
# Half width of a 95 % interval in standard errors: the 97.5 % quantile of the normal distribution.
HALF_WIDTH = 1.959963984540054


class Regression(NamedTuple):
    """A regression on some columns.

    Attributes
    ----------
    parameters : dict
        JSON-ready; of use only with a maximum.
    ratios : list of dict
        One row per column, or column and class: `variable`, a ratio, `lower`, `upper`, `p`; NaN without a maximum.
    p : float
        Of the likelihood ratio test against no column (Wilks 1938); 1 without a column.
    reason : str
        Why the likelihood has no maximum; "" where it has one.
    """

    parameters: dict[str, Any]
    ratios: list[dict[str, Any]]
    p: float
    reason: str


class Entry(NamedTuple):
    """How variables entered a multivariable model.

    Attributes
    ----------
    encodings : dict
        Variable -> encoding, of all variables.
    entered : list of str
        Variables.
    names : list of str
        Columns of the multivariable model; none where it has no maximum.
    model : Regression
        On these columns.
    ratios : list of dict
        As those of `Regression`, with `model`: univariable or multivariable.
    refused : dict
        Variable -> why its univariable model has no maximum.
    reason : str
        Why the multivariable model has no maximum; "" where it has one, or nothing entered.
    """

    encodings: dict[str, Encoding]
    entered: list[str]
    names: list[str]
    model: Regression
    ratios: list[dict[str, Any]]
    refused: dict[str, str]
    reason: str


def enter_variables(clinical: pd.DataFrame, enter: float, regress: Callable[[pd.DataFrame], Regression]) -> Entry:
    """Fit the univariable regressions of training rows, and the multivariable one of the variables that enter.

    Parameters
    ----------
    clinical : DataFrame
        Clinical columns, numeric or text.
    enter : float
        A variable enters when the likelihood ratio test of its univariable regression has a smaller P. One whose
        regression has no maximum does not enter.
    regress : callable
        Fits a regression on columns of numbers, which may be none; without a column it has a maximum, or stands for it.
    """
    encodings = {str(name): fit_encoding(clinical[name]) for name in clinical}
    columns = {name: apply_encoding(clinical[name], encoding) for name, encoding in encodings.items()}
    ratios: list[dict[str, Any]] = []
    entered, refused = [], {}
    for name, values in columns.items():
        alone = regress(values)
        ratios += _name_model(alone.ratios, "univariable")
        if alone.reason:
            refused[name] = alone.reason
        elif alone.p < enter:
            entered.append(name)
    joined = pd.concat([columns[name] for name in entered], axis=1) if entered else pd.DataFrame(index=clinical.index)
    model = regress(joined)
    ratios += _name_model(model.ratios, "multivariable")
    reason = model.reason if entered else ""
    if reason:
        joined = joined.iloc[:, :0]
        model = regress(joined)
    return Entry(encodings, entered, list(map(str, joined)), model, ratios, refused, reason)


def describe_entry(entry: Entry, enter: float) -> str:
    """Say why variables did not enter, and why the multivariable model is not one; "" when there is nothing to say."""
    reasons = dict.fromkeys(entry.refused.values())
    notes = [
        f"{', '.join(name for name, why in entry.refused.items() if why == reason)}: no univariable maximum ({reason})"
        for reason in reasons
    ]
    if not entry.entered:
        notes.append(f"no variable has a univariable P < {enter:g}")
    elif entry.reason:
        notes.append(f"the multivariable model has no maximum ({entry.reason})")
    return "; ".join(notes)


def read_design(state: State, clinical: pd.DataFrame) -> Floats:
    """Read the columns of a fitted model, (rows, names); a missing value is the median or reference of training rows.

    Parameters
    ----------
    state : dict
        With `encodings` and `names`.
    clinical : DataFrame
    """
    if not state["names"]:
        return np.zeros((len(clinical), 0))
    columns = [apply_encoding(clinical[name], encoding) for name, encoding in state["encodings"].items()]
    return np.asarray(pd.concat(columns, axis=1)[state["names"]], dtype=np.float64)


def find_interval(value: float, error: float) -> tuple[float, float]:
    """Return the 95 % Wald interval of a ratio whose logarithm has this value and standard error."""
    return float(np.exp(value - HALF_WIDTH * error)), float(np.exp(value + HALF_WIDTH * error))


def _name_model(ratios: Sequence[dict[str, Any]], model: str) -> Iterable[dict[str, Any]]:
    return [{"variable": row["variable"], "model": model, **row} for row in ratios]
