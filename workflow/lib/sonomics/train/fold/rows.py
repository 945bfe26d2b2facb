"""What the training jobs share: their command line, the rows they fit on and score, the table they write."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.cohort import read_cohort, training_labels
from sonomics.core.folds import mark_fitted, mark_scored, read_folds
from sonomics.core.jobs import job_parser
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import write_table


class Division(NamedTuple):
    """What a fold makes of a job's rows.

    Attributes
    ----------
    labels : Series of float
        1 or 0, NaN when unknown or not training.
    splits : Series of str
    inside, outside : array of bool
        The rows to fit on, and those to score.
    """

    labels: pd.Series
    splits: pd.Series
    inside: NDArray[np.bool_]
    outside: NDArray[np.bool_]


def training_parser(doc: str | None) -> argparse.ArgumentParser:
    """Make the parser of a training job: one (variant, model, task, fold)."""
    parser = job_parser(doc)
    for name in ("--variant", "--model", "--task", "--fold"):
        parser.add_argument(name, required=True)
    for name in ("--cohort", "--folds", "--state", "--out"):
        parser.add_argument(name, type=Path, required=True)
    return parser


def usable_crops(crops: pd.DataFrame, screened: pd.DataFrame, analysis: Mapping[str, Any]) -> pd.DataFrame:
    """Take the crops that a network sees: of kept images, by the outlines of the analysis.

    Parameters
    ----------
    crops : DataFrame
        As `CROPS`.
    screened : DataFrame
        As `SCREENED`.
    analysis : mapping
        `reader` and `session`.
    """
    own = (crops["reader"] == analysis["reader"]) & (crops["session"] == analysis["session"])
    return crops[own & crops["keep"] & crops["image"].isin(screened.loc[screened["keep"], "image"])]


def divide(rows: pd.DataFrame, args: argparse.Namespace) -> Division:
    """Divide the rows of a job by the folds, with the labels of its task.

    Parameters
    ----------
    rows : DataFrame
        With `patient` and `case`.
    args : Namespace
        From `training_parser`.
    """
    study = args.settings["study"]
    cohort, folds = read_cohort(args.cohort, study), read_folds(args.folds)
    labels = rows["case"].map(training_labels(cohort, args.task, study, folds))
    splits = rows["case"].map(cohort.set_index("case")["split"])
    inside = mark_fitted(rows["patient"], labels, folds, args.fold)
    return Division(labels, splits, inside, mark_scored(rows["patient"], splits, folds, args.fold))


def write_predictions(
    rows: pd.DataFrame, division: Division, kind: str, values: NDArray[np.float64], args: argparse.Namespace
) -> None:
    """Write what a model gave the rows outside its fold, in their order."""
    predictions = rows.loc[division.outside, ["patient", "case", "image"]].assign(
        **{"variant": args.variant, "model": args.model, "task": args.task, "class": "1", "kind": kind},
        horizon=np.nan,
        split=division.splits[division.outside],
        fold=args.fold,
        value=values,
    )
    write_table(predictions, args.out, PREDICTIONS)
