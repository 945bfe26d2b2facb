"""What a final model of any kind of task leaves."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.folds import ALL, leave_out_folds, mark_known


class Final(NamedTuple):
    """A fitted final model.

    Attributes
    ----------
    stack, calibrator : dict
        JSON-ready states, fitted on all training cases.
    thresholds : dict
        How decisions are made: `rule`, what it is `on`, `cutoff` (None where there is no single one) and `reason`.
    nomogram : DataFrame
        As `build_nomogram` returns it.
    weights : DataFrame
        From `tabulate_weights`.
    values : DataFrame
        `patient, case, split, fold, class, kind, horizon, value`; those of training cases cross-fitted.
    """

    stack: dict[str, Any]
    calibrator: dict[str, Any]
    thresholds: dict[str, Any]
    nomogram: pd.DataFrame
    weights: pd.DataFrame
    values: pd.DataFrame


def tabulate_weights(
    stack: dict[str, Any],
    rows: NDArray[np.float64] | pd.DataFrame,
    labels: pd.Series | pd.DataFrame,
    folds: pd.Series,
    fit: Callable[..., dict[str, Any]],
) -> pd.DataFrame:
    """List what each base model weighs, in the fit on all training cases and without each fold.

    Parameters
    ----------
    stack : dict
        State of the fit on all training cases.
    rows, labels, folds, fit
        As for `cross_fit`.

    Returns
    -------
    DataFrame
        `fold, model, weight, sd`: the weight of a score that was divided by `sd` (1 where scores are taken as given).
    """
    known = mark_known(labels)
    states = [
        (str(fold), fit(rows[fitted & known], labels[fitted & known])) for fold, fitted, _ in leave_out_folds(folds)
    ]
    tables = [
        pd.DataFrame({"fold": fold, "model": state["models"], "weight": state["weight"], "sd": state["sd"]})
        for fold, state in [*states, (ALL, stack)]
    ]
    return pd.concat(tables, ignore_index=True)
