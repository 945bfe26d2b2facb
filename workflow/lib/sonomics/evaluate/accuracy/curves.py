"""The points that the figures draw: ROC, calibration and decision curves."""

import numpy as np
import pandas as pd

from sonomics.core.seeds import seed_for
from sonomics.evaluate.cases import BEST_POSSIBLE, PLANTED, PROBABILITY, Model, analysed, column, values_of
from sonomics.evaluate.entries import Sampling
from sonomics.statistics.calibration.grouped import grouped_calibration
from sonomics.statistics.calibration.smoothed import calibration_curve
from sonomics.statistics.clinical_utility.decision_curve import net_benefit, net_benefit_band
from sonomics.statistics.discrimination.roc_curve import roc_curve

GROUPED, SMOOTHED = "grouped", "smoothed"
QUANTILE_GROUPS = 5


def roc_table(cases: pd.DataFrame, models: list[Model]) -> pd.DataFrame:
    """Give the points of every ROC curve.

    Returns
    -------
    DataFrame
        `model, split, cutoff, fpr, tpr`; a split without both classes has no curve. The planted risk of a simulated
        study is there as the model `best_possible`.
    """
    judged = {model.name: model.judged for model in models}
    if PLANTED in cases:
        judged[BEST_POSSIBLE] = PLANTED
    tables = []
    for name, score in judged.items():
        for split, inside in cases.groupby("split", sort=False):
            used = analysed(inside, score)
            if used["label"].nunique() == 2:
                curve = roc_curve(used["label"], values_of(used, score))
                points = {"cutoff": curve.cutoff, "fpr": curve.false_positive_rate, "tpr": curve.true_positive_rate}
                tables.append(pd.DataFrame({"model": name, "split": split, **points}))
    return _joined(tables, ["model", "split", "cutoff", "fpr", "tpr"])


def calibration_table(cases: pd.DataFrame, models: list[Model], level: float) -> pd.DataFrame:
    """Give observed against predicted risk: fifths of the prediction, and a loess curve.

    Returns
    -------
    DataFrame
        `model, split, kind, n, predicted, observed, lower, upper`, kind being "grouped" (Wilson interval) or "smoothed"
        (pointwise band; absent where loess is not estimable).
    """
    columns = ["model", "split", "kind", "n", "predicted", "observed", "lower", "upper"]
    tables = []
    for model in models:
        probability = column(model.name, PROBABILITY)
        for split, inside in cases.groupby("split", sort=False):
            used = analysed(inside, probability)
            if used.empty:
                continue
            y, p = used["label"].to_numpy(), values_of(used, probability)
            head = {"model": model.name, "split": split}
            tables.append(grouped_calibration(y, p, QUANTILE_GROUPS, level).assign(**head, kind=GROUPED)[columns])
            curve = calibration_curve(y, p, level=level)
            if not np.isnan(curve.fitted).any():
                points = {"predicted": curve.x, "observed": curve.fitted, "lower": curve.lower, "upper": curve.upper}
                tables.append(pd.DataFrame({**head, "kind": SMOOTHED, "n": len(used), **points}))
    return _joined(tables, columns)


def decision_table(
    cases: pd.DataFrame, models: list[Model], thresholds: list[float], sampling: Sampling
) -> pd.DataFrame:
    """Give the net benefit of every model beside treating all and none.

    Returns
    -------
    DataFrame
        `model, split, threshold, net_benefit, lower, upper, treat_all, treat_none, avoided_per_100`, with a pointwise
        percentile band over patients; a split without a case with a known label has no curve.
    """
    tables = []
    for model in models:
        probability = column(model.name, PROBABILITY)
        for split, inside in cases.groupby("split", sort=False):
            used = analysed(inside, probability)
            if len(used):
                y, p, patients = used["label"].to_numpy(), values_of(used, probability), used["patient"].to_numpy()
                seed = seed_for(sampling.seed, "decision", model.name, split)
                band = net_benefit_band(y, p, thresholds, patients, sampling.resamples, seed, sampling.level)
                curve = net_benefit(y, p, thresholds).rename(columns={"model": "net_benefit"})
                tables.append(curve.assign(model=model.name, split=split, lower=band["lower"], upper=band["upper"]))
    net = ["net_benefit", "lower", "upper", "treat_all", "treat_none", "avoided_per_100"]
    return _joined(tables, ["model", "split", "threshold", *net])


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(tables, ignore_index=True)[columns] if tables else pd.DataFrame(columns=columns)
