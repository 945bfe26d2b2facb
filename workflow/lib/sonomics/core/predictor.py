"""What scores the cases outside training: the model fitted on all training cases, or the mean of those of the folds."""

import pandas as pd

from sonomics.core.folds import ALL
from sonomics.core.schemas import SCORE, TRAIN

REFIT, FOLDS = "refit", "folds"


def average_folds(predictions: pd.DataFrame) -> pd.DataFrame:
    """Put the mean over the models of the folds in place of the refitted model, where they scored test cases.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, as the training jobs wrote it.

    Returns
    -------
    DataFrame
        As it was given where no model of a fold scored a case outside training. Else, for the models that did, the rows
        outside training have the mean value of the folds and the fold `all`; NaN where that of one fold is NaN. Models
        of folds that found no feature, and give every case the same probability, are left out of a mean of distances.
    """
    is_test = predictions["split"] != TRAIN
    of_folds = is_test & (predictions["fold"] != ALL)
    if not of_folds.any():
        return predictions
    name = ["variant", "model", "task"]
    averaged = pd.MultiIndex.from_frame(predictions.loc[of_folds, name].drop_duplicates())
    replaced = is_test & pd.MultiIndex.from_frame(predictions[name]).isin(averaged)
    members = predictions[of_folds]
    gives_distances = (members["kind"] == SCORE).groupby([members[column] for column in name]).transform("any")
    members = members[(members["kind"] == SCORE) | ~gives_distances].assign(fold=ALL)
    keys = [column for column in predictions.columns if column != "value"]
    groups = members.groupby(keys, sort=False, dropna=False)["value"]
    means = groups.mean().where(groups.count() == groups.size()).reset_index()
    return pd.concat([predictions[~replaced], means[list(predictions.columns)]], ignore_index=True)
