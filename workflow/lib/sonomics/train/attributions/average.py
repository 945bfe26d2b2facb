"""Explain the mean of the models of the folds, which scores the cases outside training with `predictor: folds`."""

import pandas as pd

from sonomics.core.folds import ALL
from sonomics.core.schemas import TRAIN

ROW = ["patient", "case", "image", "model", "task", "split", "class"]
SCALE = [*ROW, "scale"]


def average_attributions(table: pd.DataFrame) -> pd.DataFrame:
    """Put the mean over the folds in place of the attributions of each fold, where those explain test cases.

    Parameters
    ----------
    table : DataFrame
        As `ATTRIBUTIONS`, of one model; of the cases outside training one set of rows a fold.

    Returns
    -------
    DataFrame
        The rows of training cases as they were; of the others one row a feature, of the fold `all`: the mean
        attribution, to which a fold that did not choose the feature adds 0, the mean base, and the mean value of the
        feature. A fold that learned from no feature has no base, and does not count.
    """
    is_training = table["split"] == TRAIN
    of_folds = table[~is_training & table["base"].notna()]
    if of_folds.empty:
        return table
    by_row = of_folds.drop_duplicates([*SCALE, "fold"]).groupby(SCALE, sort=False)
    about = by_row.agg(base=("base", "mean"), folds=("fold", "size"))
    sums = of_folds.groupby([*SCALE, "feature"], sort=False).agg(
        value=("value", "mean"), attribution=("attribution", "sum")
    )
    averaged = sums.reset_index().join(about, on=SCALE).assign(fold=ALL)
    averaged["attribution"] /= averaged["folds"]
    return pd.concat([table[is_training], averaged[list(table.columns)]], ignore_index=True)
