"""The rows of a training job: which a fold fits on, which it scores, and the crops among them."""

import argparse
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.cohort import read_cohort, training_outcomes
from sonomics.core.folds import ALL, mark_fitted, mark_scored, read_folds
from sonomics.core.predictor import FOLDS, REFIT
from sonomics.core.settings.crop import Analysis
from sonomics.core.task_kinds.outcome import LABEL


class Cases(NamedTuple):
    """What a training job knows of the cases of a study.

    Attributes
    ----------
    outcomes : DataFrame of float, indexed by case
        As `task_outcomes`, of the training cases with a known one.
    splits : Series of str, indexed by case
    folds : Series of str, indexed by patient
        From `read_folds`.
    """

    outcomes: pd.DataFrame
    splits: pd.Series
    folds: pd.Series


class Division(NamedTuple):
    """How a fold divides the rows of a job.

    Attributes
    ----------
    fold : str
        The fold that is left out, or `ALL`.
    outcomes : DataFrame of float
        Of each row, NaN when unknown or not training.
    splits : Series of str
    fitted, scored : (rows,) array of bool
        The rows to fit on, and those to score.
    """

    fold: str
    outcomes: pd.DataFrame
    splits: pd.Series
    fitted: NDArray[np.bool_]
    scored: NDArray[np.bool_]

    @property
    def labels(self) -> pd.Series:
        """The labels of the rows, of a task that has labels: 1 or 0, or the place of the class."""
        return self.outcomes[LABEL]


def read_cases(args: argparse.Namespace) -> Cases:
    """Read the labels of a task, the splits and the folds.

    Parameters
    ----------
    args : Namespace
        From `training_parser`.
    """
    return read_cases_of([args.task], args)[args.task]


def read_cases_of(tasks: Sequence[str], args: argparse.Namespace) -> dict[str, Cases]:
    """Read the labels of several tasks, next to the same splits and folds; `args` as of `read_cases`."""
    study = args.settings.study
    cohort, folds = read_cohort(args.cohort, study), read_folds(args.folds, args.scheme)
    splits = cohort.set_index("case")["split"]
    return {task: Cases(training_outcomes(cohort, task, study, folds), splits, folds) for task in tasks}


def divide(rows: pd.DataFrame, cases: Cases, fold: str, predictor: str = REFIT) -> Division:
    """Divide the rows of a job by the fold that is left out.

    Parameters
    ----------
    rows : DataFrame
        With `patient` and `case`.
    cases : Cases
    fold : str
        Or `ALL`.
    predictor : {"refit", "folds"}
        `predictor` of `train.models`: with folds, the model of a fold scores the cases outside training too.
    """
    outcomes, splits = cases.outcomes.reindex(rows["case"]).set_axis(rows.index), rows["case"].map(cases.splits)
    fitted = mark_fitted(rows["patient"], outcomes, cases.folds, fold)
    scored = mark_scored(rows["patient"], splits, cases.folds, fold)
    if predictor == FOLDS:
        scored = scored | mark_scored(rows["patient"], splits, cases.folds, ALL)
    return Division(fold, outcomes, splits, fitted, scored)


def mark_fitted_for_any(divisions: Iterable[Division]) -> NDArray[np.bool_]:
    """Mark the rows that a fit of several tasks sees: those that the fit of any of them alone would see."""
    return np.asarray(np.any([division.fitted for division in divisions], axis=0), dtype=np.bool_)


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
