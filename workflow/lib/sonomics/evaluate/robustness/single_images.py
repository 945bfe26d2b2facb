"""Single images as a secondary unit: the AUC of image scores, with an interval that knows whose they are."""

import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.accuracy.auc import OBUCHOWSKI
from sonomics.evaluate.cases import ordered_splits
from sonomics.statistics.discrimination.clustered_auc import clustered_auc

COLUMNS = "model split statistic estimate lower upper n positives patients unit method reason"


def image_table(predictions: pd.DataFrame, labels: pd.Series, level: float) -> pd.DataFrame:
    """Give the AUC over single images of every model that scores images.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, one task and variant; rows of cases are left alone.
    labels : Series of float, indexed by case
        An image has the label of its case.
    level : float

    Returns
    -------
    DataFrame
        `model, split, statistic, estimate, lower, upper, n, positives, patients, unit, method, reason`; n and positives
        count images. Scores of training images are out of fold. Images of a patient are not independent: the interval
        is Obuchowski's.
    """
    out_of_fold = (predictions["split"] == TRAIN) == (predictions["fold"] != "all")
    used = predictions[out_of_fold & (predictions["image"] != "")]
    used = used.assign(label=used["case"].map(labels)).dropna(subset=["label", "value"])
    rows = []
    for model, of_model in used.groupby("model", sort=True):
        own = of_model[of_model["kind"] == of_model["kind"].min()]
        for split in ordered_splits(list(own["split"])):
            inside = own[own["split"] == split]
            found = clustered_auc(inside["label"], inside["value"], inside["patient"].to_numpy(), level)
            shown = {"estimate": found.area.estimate, "lower": found.area.lower, "upper": found.area.upper}
            counts = {"n": len(inside), "positives": int(inside["label"].sum()), "patients": found.clusters}
            about = {"statistic": "auc", "unit": "image", "method": OBUCHOWSKI, "reason": found.area.reason}
            rows.append({"model": model, "split": split, **shown, **counts, **about})
    return pd.DataFrame(rows, columns=COLUMNS.split())
