"""The rows of a training job: which it fits on, which it scores, and the crops among them."""

import argparse
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.folds import mark_fitted, mark_scored, read_folds
from sonomics.core.settings.crop import Analysis


class Division(NamedTuple):
    """How a fold divides the rows of a job.

    Attributes
    ----------
    labels : Series of float
        1 or 0, NaN when unknown or not training.
    splits : Series of str
    fitted, scored : (rows,) array of bool
        The rows to fit on, and those to score.
    """

    labels: pd.Series
    splits: pd.Series
    fitted: NDArray[np.bool_]
    scored: NDArray[np.bool_]


def divide(rows: pd.DataFrame, args: argparse.Namespace) -> Division:
    """Divide the rows of a job by the folds, with the labels of its task.

    Parameters
    ----------
    rows : DataFrame
        With `patient` and `case`.
    args : Namespace
        From `fold_parser`.
    """
    study = args.settings.study
    cohort, folds = read_cohort(args.cohort, study), read_folds(args.folds)
    labels = rows["case"].map(training_labels(cohort, args.task, study, folds))
    splits = rows["case"].map(cohort.set_index("case")["split"])
    fitted = mark_fitted(rows["patient"], labels, folds, args.fold)
    return Division(labels, splits, fitted, mark_scored(rows["patient"], splits, folds, args.fold))


def choose_crops(crops: pd.DataFrame, screened: pd.DataFrame, analysis: Analysis) -> pd.DataFrame:
    """Choose the crops that a network sees: of kept images, by the outlines of the analysis.

    Parameters
    ----------
    crops : DataFrame
        As `CROPS`.
    screened : DataFrame
        As `SCREENED`.
    analysis : Analysis
    """
    is_outlined = (crops["reader"] == analysis.reader) & (crops["session"] == analysis.session)
    is_usable = is_outlined & crops["keep"] & crops["image"].isin(screened.loc[screened["keep"], "image"])
    usable: pd.DataFrame = crops[is_usable]
    return usable
