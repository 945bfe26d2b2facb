"""From image scores to one score a case."""

import pandas as pd

MEAN, MAX = "mean", "max"


def pool(predictions: pd.DataFrame, how: str) -> pd.DataFrame:
    """Make one score of a case's images.

    Parameters
    ----------
    predictions : DataFrame
        A PREDICTIONS table of one model; rows of one case and fold belong together.
    how : {"mean", "max"}

    Returns
    -------
    DataFrame
        `patient, case, split, fold, value`, one row a case.
    """
    scores = predictions.groupby(["patient", "case", "split", "fold"])["value"]
    return (scores.mean() if how == MEAN else scores.max()).reset_index()
