"""The points that the figures draw: ROC, calibration and decision curves."""

import numpy as np
import pandas as pd

from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.scored import Samples
from sonomics.evaluate.tables.columns import concatenate
from sonomics.evaluate.tables.entries import Sampling
from sonomics.statistics.calibration.grouped import grouped_calibration
from sonomics.statistics.calibration.smoothed import calibration_curve
from sonomics.statistics.clinical_utility.decision_curve import net_benefit, net_benefit_band
from sonomics.statistics.discrimination.roc_curve import roc_curve

GROUPED, SMOOTHED = "grouped", "smoothed"
QUANTILE_GROUPS = 5


def roc_table(samples: Samples) -> pd.DataFrame:
    """List the points of every ROC curve.

    Returns
    -------
    DataFrame
        `model, split, cutoff, fpr, tpr`; a split without both classes has no curve. The simulated risk of a simulated
        study is there as the model `best_possible`.
    """
    tables = []
    for sample in (*samples, *samples.best_possible.values()):
        used = sample.analysed
        if len(np.unique(used.y)) == 2:
            curve = roc_curve(used.y, used.value)
            points = {"cutoff": curve.cutoff, "fpr": curve.false_positive_rate, "tpr": curve.true_positive_rate}
            tables.append(pd.DataFrame({"model": sample.model.name, "split": sample.split, **points}))
    return concatenate(tables, ["model", "split", "cutoff", "fpr", "tpr"])


def calibration_table(samples: Samples, level: float) -> pd.DataFrame:
    """Compare observed with predicted risk: fifths of the prediction, and a loess curve.

    Returns
    -------
    DataFrame
        `model, split, kind, n, predicted, observed, lower, upper`, kind being "grouped" (Wilson interval) or "smoothed"
        (pointwise band; absent where loess is not estimable).
    """
    columns = ["model", "split", "kind", "n", "predicted", "observed", "lower", "upper"]
    tables = []
    for sample in samples:
        used = sample.by_probability.analysed
        if not used.n:
            continue
        identity = {"model": sample.model.name, "split": sample.split}
        groups = grouped_calibration(used.y, used.value, QUANTILE_GROUPS, level)
        tables.append(groups.assign(**identity, kind=GROUPED)[columns])
        curve = calibration_curve(used.y, used.value, level=level)
        if not np.isnan(curve.fitted).any():
            points = {"predicted": curve.x, "observed": curve.fitted, "lower": curve.lower, "upper": curve.upper}
            tables.append(pd.DataFrame({**identity, "kind": SMOOTHED, "n": used.n, **points}))
    return concatenate(tables, columns)


def decision_table(samples: Samples, thresholds: list[float], sampling: Sampling) -> pd.DataFrame:
    """Compute the net benefit of every model next to that of treating all and none.

    Returns
    -------
    DataFrame
        `model, split, threshold, net_benefit, lower, upper, treat_all, treat_none, avoided_per_100`, with a pointwise
        percentile band over patients; a split without a case with a known label has no curve.
    """
    tables = []
    for sample in samples:
        used = sample.by_probability.analysed
        if not used.n:
            continue
        seed = seed_for(sampling.seed, "decision", sample.model.name, sample.split)
        band = net_benefit_band(used.y, used.value, thresholds, used.clusters, sampling.resamples, seed, sampling.level)
        curve = net_benefit(used.y, used.value, thresholds).rename(columns={"model": "net_benefit"})
        identity = {"model": sample.model.name, "split": sample.split}
        tables.append(curve.assign(**identity, lower=band["lower"], upper=band["upper"]))
    net = ["net_benefit", "lower", "upper", "treat_all", "treat_none", "avoided_per_100"]
    return concatenate(tables, ["model", "split", "threshold", *net])
