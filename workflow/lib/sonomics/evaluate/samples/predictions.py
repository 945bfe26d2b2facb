"""Which rows of a table of predictions count."""

import pandas as pd

from sonomics.core.folds import mark_unseen
from sonomics.core.predictor import average_folds


def rows_out_of_sample(predictions: pd.DataFrame) -> pd.DataFrame:
    """Keep the predictions for cases that the model was not fitted on.

    Of training cases these are the out-of-fold rows, of all others the rows of fold `all`: of the model that was fitted
    on the whole training set, or the mean of the models of the folds.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS.
    """
    settled = average_folds(predictions)
    return settled[mark_unseen(settled)]


def case_rows(predictions: pd.DataFrame) -> pd.DataFrame:
    """Keep the predictions that are of a case, not of one of its images."""
    return predictions[predictions["image"] == ""]


def image_rows(predictions: pd.DataFrame) -> pd.DataFrame:
    """Keep the predictions that are of a single image."""
    return predictions[predictions["image"] != ""]
