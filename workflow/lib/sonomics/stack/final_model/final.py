"""What a final model of any kind of task leaves."""

from typing import Any, NamedTuple

import pandas as pd

from sonomics.core.folds import ALL
from sonomics.stack.final_model.chain import NONE_LEFT_OUT, Chain


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
    nested : DataFrame
        Columns NESTED: how the chain does on the cases that it was fitted on, and on folds that it never saw.
    values : DataFrame
        `patient, case, split, fold, class, kind, horizon, value`; those of training cases from fits that never saw
        their labels.
    """

    stack: dict[str, Any]
    calibrator: dict[str, Any]
    thresholds: dict[str, Any]
    nomogram: pd.DataFrame
    weights: pd.DataFrame
    nested: pd.DataFrame
    values: pd.DataFrame


def tabulate_weights(chain: Chain) -> pd.DataFrame:
    """List what each base model weighs, in the fit on all training cases and without each fold.

    Returns
    -------
    DataFrame
        `fold, model, weight, sd`: the weight of a score that was divided by `sd` (1 where scores are taken as given).
    """
    states = [(str(fold), chain.weights(chain.widen(NONE_LEFT_OUT, fold))) for fold in chain.names]
    tables = [
        pd.DataFrame({"fold": fold, "model": state["models"], "weight": state["weight"], "sd": state["sd"]})
        for fold, state in [*states, (ALL, chain.weights())]
    ]
    return pd.concat(tables, ignore_index=True)
