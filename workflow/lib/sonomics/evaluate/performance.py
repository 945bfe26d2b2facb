"""How well every model does in every split: a long table with intervals, counts and reasons."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.seeds import seed_for
from sonomics.evaluate.cases import BEST_POSSIBLE, PLANTED, PROBABILITY, Model, analysed, column, values_of
from sonomics.statistics.bootstrap import auc_bootstrap
from sonomics.statistics.calibration import (
    brier,
    calibration_in_the_large,
    calibration_slope,
    loess_errors,
    scaled_brier,
)
from sonomics.statistics.classification import Confusion, Proportion, classify, confusion
from sonomics.statistics.estimates import Estimate
from sonomics.statistics.roc import auc, auc_interval

Floats = NDArray[np.float64]

EMPTY = {
    "sensitivity": "no positive case",
    "specificity": "no negative case",
    "ppv": "no case is called positive",
    "npv": "no case is called negative",
    "accuracy": "no case",
}
RATIOS = ("f1", "mcc", "kappa")
NO_CUTOFF = "the threshold was not estimable on the training set"


class Entry(NamedTuple):
    """One statistic of one model in one split; NaN with a reason where it is not estimable."""

    statistic: str
    estimate: float
    lower: float = np.nan
    upper: float = np.nan
    method: str = ""
    reason: str = ""


class Sampling(NamedTuple):
    """How uncertainty is stated: confidence level, number of patient resamples, seed of the study."""

    level: float
    resamples: int
    seed: int


def performance(cases: pd.DataFrame, models: list[Model], sampling: Sampling) -> pd.DataFrame:
    """Evaluate every model in every split.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`.
    models : list of Model
    sampling : Sampling

    Returns
    -------
    DataFrame
        `model, split, statistic, estimate, lower, upper, method, n, positives, unit, reason`: one row a statistic. n
        counts the cases with a known label and a value of the model. Of a simulated study each model also has
        `best_possible` (the AUC of the planted risk on the same cases) and `share_of_best`.
    """
    rows = []
    unit = "patient" if cases["patient"].is_unique else "case"
    for model in models:
        for split, inside in cases.groupby("split", sort=False):
            used = analysed(inside, model.judged)
            head = {"model": model.name, "split": split}
            tail = {"n": len(used), "positives": int(used["label"].sum()), "unit": unit}
            entries = _entries(inside, used, model, sampling)
            rows += [{**head, **entry._asdict(), **tail} for entry in entries]
    order = ["model", "split", "statistic", "estimate", "lower", "upper", "method", "n", "positives", "unit", "reason"]
    return pd.DataFrame(rows)[order]


def auc_entry(used: pd.DataFrame, model: Model, sampling: Sampling) -> Entry:
    """AUC with DeLong's interval, or, when a patient has several cases, with the percentile interval over patients."""
    y, value = used["label"].to_numpy(), values_of(used, model.judged)
    if used["patient"].is_unique:
        return _estimated("auc", auc_interval(y, value, sampling.level), "DeLong")
    seed = seed_for(sampling.seed, "auc", model.name, used["split"].iloc[0])
    result = auc_bootstrap(y, value, used["patient"].to_numpy(), sampling.resamples, seed, sampling.level)
    return Entry("auc", result.estimate, result.lower, result.upper, "bootstrap of patients", result.reason)


def threshold_entries(y: Floats, value: Floats, cutoff: float, level: float) -> Iterator[Entry]:
    """Counts and derived measures at a frozen cutoff; Wilson intervals for the proportions."""
    if np.isnan(cutoff):
        yield from (Entry(name, np.nan, reason=NO_CUTOFF) for name in [*EMPTY, *RATIOS, *Confusion._fields])
        return
    counts = confusion(y, value, cutoff)
    measures = classify(counts, level)
    for name, reason in EMPTY.items():
        yield _proportion(name, getattr(measures, name), reason)
    for name in RATIOS:
        estimate = getattr(measures, name)
        yield Entry(name, estimate, reason="a margin of the table is empty" if np.isnan(estimate) else "")
    yield from (Entry(name, count) for name, count in counts._asdict().items())


def calibration_entries(y: Floats, probability: Floats, level: float) -> Iterator[Entry]:
    """Calibration of probabilities: intercept and slope (Wald), Brier score, integrated calibration index (loess)."""
    yield _estimated("calibration_intercept", calibration_in_the_large(y, probability, level), "Wald")
    yield _estimated("calibration_slope", calibration_slope(y, probability, level), "Wald")
    yield Entry("brier", brier(y, probability), reason="" if y.size else "no case")
    scaled = scaled_brier(y, probability)
    yield Entry("scaled_brier", scaled, reason="only one class" if np.isnan(scaled) else "")
    errors = loess_errors(y, probability)
    yield Entry("ici", errors.ici, reason=errors.reason)


def _entries(inside: pd.DataFrame, used: pd.DataFrame, model: Model, sampling: Sampling) -> Iterator[Entry]:
    y, value = used["label"].to_numpy(), values_of(used, model.judged)
    area = auc_entry(used, model, sampling) if len(used) else Entry("auc", np.nan, reason="no case")
    yield area
    if PLANTED in used:
        yield from _nearness(area.estimate, auc(y, used[PLANTED].to_numpy()))
    yield Entry("threshold", model.cutoff, method=model.rule, reason=NO_CUTOFF if np.isnan(model.cutoff) else "")
    yield from threshold_entries(y, value, model.cutoff, sampling.level)
    calibrated = analysed(inside, column(model.name, PROBABILITY))
    yield from calibration_entries(
        calibrated["label"].to_numpy(), values_of(calibrated, column(model.name, PROBABILITY)), sampling.level
    )
    yield Entry("unknown_label", int(inside["label"].isna().sum()))
    yield Entry("unscored", int(np.isnan(values_of(inside, model.judged)).sum()))


def _nearness(area: float, best: float) -> Iterator[Entry]:
    yield Entry(BEST_POSSIBLE, best, reason="only one class" if np.isnan(best) else "")
    share = (area - 0.5) / (best - 0.5) if best > 0.5 else np.nan
    yield Entry("share_of_best", share, reason="the planted risk does not discriminate here" if np.isnan(share) else "")


def _estimated(name: str, estimate: Estimate, method: str) -> Entry:
    return Entry(name, estimate.estimate, estimate.lower, estimate.upper, method, estimate.reason)


def _proportion(name: str, measure: Proportion, reason: str) -> Entry:
    return Entry(name, measure.estimate, *measure.wilson, "Wilson", "" if measure.n else reason)
