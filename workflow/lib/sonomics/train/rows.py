"""Which rows a model is fitted on and which it scores."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.schemas import TRAIN


def fitted(patients: pd.Series, labels: pd.Series, folds: pd.Series, fold: str) -> NDArray[np.bool_]:
    """Mark the rows to fit on: training patients outside the fold, with a known label.

    Parameters
    ----------
    patients, labels : Series
        Of each row; the label is NaN when unknown.
    folds : Series
        Fold (text) of each training patient, indexed by patient.
    fold : str
        The fold left out, or "all".
    """
    fold_of = patients.map(folds)
    return (fold_of.notna() & (fold_of != fold) & labels.notna()).to_numpy()


def scored(patients: pd.Series, splits: pd.Series, folds: pd.Series, fold: str) -> NDArray[np.bool_]:
    """Mark the rows to score: the patients of the fold left out; for "all", every split but training."""
    if fold == "all":
        return (splits != TRAIN).to_numpy()
    return (patients.map(folds) == fold).to_numpy()
