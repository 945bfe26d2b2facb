"""The rows of a training job: which a fold fits on, which it scores, and the crops among them."""

import argparse
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.folds import mark_fitted, mark_scored, read_folds
from sonomics.core.settings.crop import Analysis


class Cases(NamedTuple):
    """What a training job knows of the cases of a study.

    Attributes
    ----------
    labels : Series of float, indexed by case
        1 or 0, NaN when unknown; training cases alone.
    splits : Series of str, indexed by case
    folds : Series of str, indexed by patient
        From `read_folds`.
    """

    labels: pd.Series
    splits: pd.Series
    folds: pd.Series


class Division(NamedTuple):
    """How a fold divides the rows of a job.

    Attributes
    ----------
    fold : str
        The fold that is left out, or `ALL`.
    labels : Series of float
        1 or 0, NaN when unknown or not training.
    splits : Series of str
    fitted, scored : (rows,) array of bool
        The rows to fit on, and those to score.
    """

    fold: str
    labels: pd.Series
    splits: pd.Series
    fitted: NDArray[np.bool_]
    scored: NDArray[np.bool_]


def read_cases(args: argparse.Namespace) -> Cases:
    """Read the labels of a task, the splits and the folds.

    Parameters
    ----------
    args : Namespace
        From `training_parser`.
    """
    study = args.settings.study
    cohort, folds = read_cohort(args.cohort, study), read_folds(args.folds)
    labels = training_labels(cohort, args.task, study, folds)
    return Cases(labels, cohort.set_index("case")["split"], folds)


def divide(rows: pd.DataFrame, cases: Cases, fold: str) -> Division:
    """Divide the rows of a job by the fold that is left out.

    Parameters
    ----------
    rows : DataFrame
        With `patient` and `case`.
    cases : Cases
    fold : str
        Or `ALL`.
    """
    labels, splits = rows["case"].map(cases.labels), rows["case"].map(cases.splits)
    fitted = mark_fitted(rows["patient"], labels, cases.folds, fold)
    return Division(fold, labels, splits, fitted, mark_scored(rows["patient"], splits, cases.folds, fold))


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
