"""The command line of a training job, and the predictions that it writes."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.jobs import job_parser
from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import write_table
from sonomics.train.classifiers.learner import Predicted
from sonomics.train.fold.rows import Division


def training_parser(doc: str | None) -> argparse.ArgumentParser:
    """Make the parser of a training job: one variant, model and task, and the folds that it trains on in turn."""
    parser = model_parser(doc)
    parser.add_argument("--task", required=True)
    return parser


def model_parser(doc: str | None) -> argparse.ArgumentParser:
    """Make the parser of a training job without its task: a network may learn several."""
    parser = job_parser(doc)
    for name in ("--variant", "--model"):
        parser.add_argument(name, required=True)
    parser.add_argument("--fold", nargs="+", required=True, help="folds to leave out, each in turn")
    parser.add_argument("--cohort", type=Path, required=True)
    parser.add_argument("--folds", type=Path, required=True)
    parser.add_argument("--scheme", required=True, help="scheme of the folds")
    parser.add_argument("--out", type=Path, required=True, help="folder, in which each fold gets one of its name")
    return parser


def write_predictions(
    rows: pd.DataFrame, division: Division, kind: str, values: NDArray[np.float64], args: argparse.Namespace
) -> None:
    """Write the values that the model of a fold gives the positive class, of the rows that it scores, in their order.

    Parameters
    ----------
    rows : DataFrame
        All rows of the fold, with `patient`, `case` and `image`.
    division : Division
    kind : {"probability", "score"}
    values : (scored rows,) array
    args : Namespace
        From `training_parser`.
    """
    write_columns(rows, division, [Predicted("1", kind, float("nan"), values)], args)


def write_columns(
    rows: pd.DataFrame, division: Division, columns: Sequence[Predicted], args: argparse.Namespace
) -> None:
    """Write columns of predictions of the rows that the model of a fold scores; parameters as `write_predictions`."""
    table = tabulate_columns(rows, division, columns, args.variant, args.model, args.task)
    write_table(table, args.out / division.fold / "predictions.parquet", PREDICTIONS)


def tabulate_columns(
    rows: pd.DataFrame, division: Division, columns: Sequence[Predicted], variant: str, model: str, task: str
) -> pd.DataFrame:
    """Put columns of predictions of the rows that the model of a fold scores below one another, as PREDICTIONS."""
    about = rows.loc[division.scored, ["patient", "case", "image"]].assign(
        variant=variant,
        model=model,
        task=task,
        split=division.splits[division.scored],
        fold=division.fold,
    )
    tables = [
        about.assign(kind=column.kind, horizon=column.horizon, value=column.values, **{"class": column.class_name})
        for column in columns
    ]
    return pd.concat(tables, ignore_index=True)
