"""Single images as a secondary unit: the AUC of image scores, with an interval that knows whose they are."""

import pandas as pd

from sonomics.core.schemas import PREDICTIONS
from sonomics.core.tables import read_tables
from sonomics.evaluate.accuracy.auc import OBUCHOWSKI
from sonomics.evaluate.samples.predictions import image_rows, rows_out_of_sample
from sonomics.evaluate.samples.scored import CLUSTER
from sonomics.evaluate.samples.splits import sort_splits
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.statistics.discrimination.clustered_auc import clustered_auc

COLUMNS = "model split statistic estimate lower upper n positives patients unit method reason"


def image_tables(context: Context) -> Tables:
    """Make the table of single images, which base models and models from elsewhere may score."""
    base = read_tables(context.files.base_predictions, PREDICTIONS)
    predictions = pd.concat([base, context.predictions], ignore_index=True)
    clusters = None
    if CLUSTER in context.samples.cases:
        clusters = context.samples.cases.set_index("case")[CLUSTER]
    return {"images": image_table(predictions, context.labels, context.settings.level, clusters)}


def image_table(
    predictions: pd.DataFrame, labels: pd.Series, level: float, clusters: pd.Series | None = None
) -> pd.DataFrame:
    """Compute the AUC over single images of every model that scores images.

    Parameters
    ----------
    predictions : DataFrame
        Schema PREDICTIONS, of one task and variant; rows of cases are ignored.
    labels : Series of float, indexed by case
        An image has the label of its case.
    level : float
        Confidence level.
    clusters : Series of str, indexed by case, optional
        What the images of a case depend on, where it is not the patient alone.

    Returns
    -------
    DataFrame
        `model, split, statistic, estimate, lower, upper, n, positives, patients, unit, method, reason`; n and positives
        count images. Scores of training images are out of fold. Images of a patient are not independent: the interval
        is Obuchowski's.
    """
    used = image_rows(rows_out_of_sample(predictions))
    used = used.assign(label=used["case"].map(labels)).dropna(subset=["label", "value"])
    if clusters is not None:
        used = used.assign(patient=used["case"].map(clusters))
    rows = []
    for model, of_model in used.groupby("model", sort=True):
        of_kind = of_model[of_model["kind"] == of_model["kind"].min()]
        for split in sort_splits(of_kind["split"]):
            images = of_kind[of_kind["split"] == split]
            result = clustered_auc(images["label"], images["value"], images["patient"].to_numpy(), level)
            area = result.area
            estimate = {"estimate": area.estimate, "lower": area.lower, "upper": area.upper, "reason": area.reason}
            counts = {"n": len(images), "positives": int(images["label"].sum()), "patients": result.clusters}
            words = {"statistic": "auc", "unit": "image", "method": OBUCHOWSKI}
            rows.append({"model": model, "split": split, **estimate, **counts, **words})
    return pd.DataFrame(rows, columns=COLUMNS.split())
