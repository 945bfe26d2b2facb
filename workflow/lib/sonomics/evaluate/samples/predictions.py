"""Which rows of a table of predictions count."""

import pandas as pd

from sonomics.core.folds import mark_unseen


def rows_out_of_sample(predictions: pd.DataFrame) -> pd.DataFrame:
    """Keep the predictions for cases that the model was not fitted on.

    Of training cases these are the out-of-fold rows, of all others the rows of the model that was fitted on the whole
    training set (fold `all`).

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS.
    """
    return predictions[mark_unseen(predictions)]


def case_rows(predictions: pd.DataFrame) -> pd.DataFrame:
    """Keep the predictions that are of a case, not of one of its images."""
    return predictions[predictions["image"] == ""]


def image_rows(predictions: pd.DataFrame) -> pd.DataFrame:
    """Keep the predictions that are of a single image."""
    return predictions[predictions["image"] != ""]
