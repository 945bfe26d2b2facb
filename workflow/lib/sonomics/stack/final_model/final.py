"""What a final model of any kind of task leaves."""

from typing import Any, NamedTuple

import pandas as pd


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
    values : DataFrame
        `patient, case, split, fold, class, kind, horizon, value`; those of training cases cross-fitted.
    """

    stack: dict[str, Any]
    calibrator: dict[str, Any]
    thresholds: dict[str, Any]
    nomogram: pd.DataFrame
    values: pd.DataFrame
