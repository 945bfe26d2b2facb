"""How well every model does in every split: a long table with intervals, counts and reasons."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import seed_for
from sonomics.evaluate.accuracy.auc import area_entries
from sonomics.evaluate.accuracy.calibration import calibration_entries
from sonomics.evaluate.cases import BEST_POSSIBLE, PLANTED, PROBABILITY, Model, analysed, column, values_of
from sonomics.evaluate.entries import (
    NAN,
    ROBUST,
    Entry,
    Sampling,
    estimated,
    exact,
    resampled,
    robust_share,
    single,
    wilson,
)
from sonomics.statistics.classification.confusion import Confusion, classify, confusion
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.estimates import ONE_CLASS, Booleans, Floats
from sonomics.statistics.resampling.bootstrap import Bootstrap
from sonomics.statistics.resampling.metric_bootstrap import metric_bootstrap

EMPTY = {
    "sensitivity": "no positive case",
    "specificity": "no negative case",
    "ppv": "no case is called positive",
    "npv": "no case is called negative",
    "accuracy": "no case",
}
RATIOS = ("f1", "balanced_accuracy", "youden", "mcc", "kappa", "lr_pos", "lr_neg")
NO_CUTOFF = "the threshold was not estimable on the training set"
# Of these, which have no interval of their own, the one over resampled patients is stated.
RESAMPLED = (*RATIOS, "observed_to_expected", "brier", "scaled_brier", "log_loss", "ici")
# Their own interval takes cases for independent; where a patient has several, the resampled one stands in its place.
WALD = ("calibration_intercept", "calibration_slope")
DEPENDENT = "a patient has several cases, which this interval takes for independent"
COLUMNS = "model split statistic estimate lower upper df p method n positives unit reason"


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
        `model, split, statistic, estimate, lower, upper, df, p, method, n, positives, unit, reason`: one row a
        statistic, df and p where it is a test. n counts the cases with a known label and a value of the model. Of a
        simulated study each model also has `best_possible` (the AUC of the planted risk on the same cases) and
        `share_of_best`.
    """
    rows = []
    unit = "patient" if cases["patient"].is_unique else "case"
    for model in models:
        for split, inside in cases.groupby("split", sort=False):
            used = analysed(inside, model.judged)
            head = {"model": model.name, "split": split}
            tail = {"n": len(used), "positives": int(used["label"].sum()), "unit": unit}
            entries = _with_resampled(list(_entries(inside, used, model, sampling)), inside, model, sampling)
            rows += [{**head, **entry._asdict(), **tail} for entry in entries]
    return pd.DataFrame(rows)[COLUMNS.split()]


def threshold_entries(
    y: Floats, value: Floats, patients: NDArray[np.object_], cutoff: float, level: float
) -> Iterator[Entry]:
    """Give counts and derived measures at a frozen cutoff.

    Proportions have Wilson and exact intervals; where a patient has several cases, the interval is robust to that
    (Wald) and there is no exact one.
    """
    if np.isnan(cutoff):
        shares = [*EMPTY, *(f"{name}_exact" for name in EMPTY)]
        yield from (Entry(name, NAN, reason=NO_CUTOFF) for name in [*shares, *RATIOS, *Confusion._fields])
        return
    counts = confusion(y, value, cutoff)
    measures = classify(counts, level)
    alone = len(set(patients)) == len(patients)
    members = _members(y == 1, value >= cutoff)
    for name, reason in EMPTY.items():
        share = getattr(measures, name)
        yield wilson(name, share, reason) if alone else _robust(name, *members[name], patients, level, reason)
    for name, reason in EMPTY.items():
        row = exact(f"{name}_exact", getattr(measures, name), reason)
        yield row if alone or row.reason else Entry(row.statistic, row.estimate, reason=DEPENDENT)
    for name in RATIOS:
        ratio = getattr(measures, name)
        yield single(name, NAN if np.isinf(ratio) else ratio, reason="a margin of the table is empty")
    yield from (Entry(name, count) for name, count in counts._asdict().items())


def _members(positive: Booleans, called: Booleans) -> dict[str, tuple[Booleans, Booleans]]:
    """Give of every proportion the cases that it is of, and which of all cases are hits."""
    return {
        "sensitivity": (positive, called),
        "specificity": (~positive, ~called),
        "ppv": (called, positive),
        "npv": (~called, ~positive),
        "accuracy": (np.ones_like(called), called == positive),
    }


def _robust(name: str, of: Booleans, hit: Booleans, patients: NDArray[np.object_], level: float, reason: str) -> Entry:
    """Make the row of a proportion of cases some of which are of one patient."""
    if not of.any():
        return Entry(name, NAN, reason=reason)
    return estimated(name, robust_share(hit[of], patients[of], level), ROBUST)


def _entries(inside: pd.DataFrame, used: pd.DataFrame, model: Model, sampling: Sampling) -> Iterator[Entry]:
    y, value = used["label"].to_numpy(), values_of(used, model.judged)
    areas = list(area_entries(used, model, sampling))
    yield from areas
    if PLANTED in used:
        yield from _nearness(areas[0].estimate, auc(y, used[PLANTED].to_numpy()))
    yield single("threshold", model.cutoff, model.rule, NO_CUTOFF)
    yield from threshold_entries(y, value, used["patient"].to_numpy(dtype=object), model.cutoff, sampling.level)
    probability = column(model.name, PROBABILITY)
    calibrated = analysed(inside, probability)
    developed = bool((inside["split"] == TRAIN).all()) and model.developed
    truth, predicted = calibrated["label"].to_numpy(), values_of(calibrated, probability)
    yield from calibration_entries(truth, predicted, sampling.level, developed)
    yield Entry("unknown_label", int(inside["label"].isna().sum()))
    yield Entry("unscored", int(np.isnan(values_of(inside, model.judged)).sum()))


def _with_resampled(entries: list[Entry], inside: pd.DataFrame, model: Model, sampling: Sampling) -> Iterator[Entry]:
    """Give the measures without an interval of their own, or with one that does not fit, that of resampled patients."""
    probability = column(model.name, PROBABILITY)
    used = analysed(inside, probability)
    if used["label"].nunique() < 2:
        yield from entries
        return
    cutoff = model.cutoff if model.judged == probability else NAN
    seed = seed_for(sampling.seed, "measures", model.name, used["split"].iloc[0])
    y, predicted, patients = used["label"].to_numpy(), values_of(used, probability), used["patient"].to_numpy()
    drawn = metric_bootstrap(y, predicted, cutoff, patients, sampling.resamples, seed, level=sampling.level)
    stated = RESAMPLED if used["patient"].is_unique else (*RESAMPLED, *WALD)
    for entry in entries:
        if entry.statistic in stated and not np.isnan(entry.estimate):
            row = drawn.loc[entry.statistic]
            result = Bootstrap(*row[list(Bootstrap._fields)])._replace(estimate=entry.estimate, reason=entry.reason)
            yield resampled(entry.statistic, result)._replace(df=entry.df, p=entry.p)
        else:
            yield entry


def _nearness(area: float, best: float) -> Iterator[Entry]:
    yield single(BEST_POSSIBLE, best, reason=ONE_CLASS)
    share = (area - 0.5) / (best - 0.5) if best > 0.5 else NAN
    yield single("share_of_best", share, reason="the planted risk does not discriminate here")
