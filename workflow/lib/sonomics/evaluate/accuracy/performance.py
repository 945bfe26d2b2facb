"""How well every model does in every split: a long table with intervals, counts and reasons."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.core.seeds import seed_for
from sonomics.evaluate.accuracy.auc import auc_entries
from sonomics.evaluate.accuracy.calibration import calibration_entries
from sonomics.evaluate.accuracy.thresholds import NO_CUTOFF, RATIOS, threshold_entries
from sonomics.evaluate.samples.models import BEST_POSSIBLE
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.tables.entries import NAN, Entry, Sampling, bootstrap_entry, number_entry
from sonomics.statistics.discrimination.auc import auc
from sonomics.statistics.estimates import ONE_CLASS
from sonomics.statistics.resampling.bootstrap import Bootstrap
from sonomics.statistics.resampling.metric_bootstrap import bootstrap_metrics

# These have no interval of their own and get that of resampled patients.
RESAMPLED = (*RATIOS, "observed_to_expected", "brier", "scaled_brier", "log_loss", "ici")
# Their own interval takes cases for independent; where a patient has several, the resampled one replaces it.
WALD = ("calibration_intercept", "calibration_slope")
COLUMNS = "model split statistic estimate lower upper df p method n positives unit reason"


def performance_table(samples: Samples, sampling: Sampling) -> pd.DataFrame:
    """Evaluate every model in every split.

    Returns
    -------
    DataFrame
        `model, split, statistic, estimate, lower, upper, df, p, method, n, positives, unit, reason`: one row per
        statistic, df and p where it is a test. n counts the cases with a known label and a value of the model. Of a
        simulated study each model also has `best_possible` (the AUC of the simulated risk on the same cases) and
        `share_of_best`.
    """
    rows = []
    unit = "patient" if samples.cases["patient"].is_unique else "case"
    for sample in samples:
        used = sample.analysed
        identity = {"model": sample.model.name, "split": sample.split}
        counts = {"n": used.n, "positives": used.positives, "unit": unit}
        entries = _replace_intervals(list(_entries(sample, sampling)), sample, sampling)
        rows += [{**identity, **entry._asdict(), **counts} for entry in entries]
    return pd.DataFrame(rows)[COLUMNS.split()]


def _entries(sample: Scored, sampling: Sampling) -> Iterator[Entry]:
    model, used, calibrated = sample.model, sample.analysed, sample.by_probability.analysed
    areas = list(auc_entries(used, sampling))
    yield from areas
    if used.simulated_risk is not None:
        yield from _compare_with_best(areas[0].estimate, auc(used.y, used.simulated_risk))
    yield number_entry("threshold", model.cutoff, model.rule, NO_CUTOFF)
    yield from threshold_entries(used, model.cutoff, sampling.level)
    developed = sample.split == TRAIN and model.developed
    yield from calibration_entries(calibrated.y, calibrated.value, sampling.level, developed)
    yield Entry("unknown_label", int(np.isnan(sample.y).sum()))
    yield Entry("unscored", int((~sample.is_scored).sum()))


def _replace_intervals(entries: list[Entry], sample: Scored, sampling: Sampling) -> Iterator[Entry]:
    """Use the interval of resampled patients where a measure has none of its own, or one that does not fit."""
    used = sample.by_probability.analysed
    if len(np.unique(used.y)) < 2:
        yield from entries
        return
    seed = seed_for(sampling.seed, "measures", sample.model.name, sample.split)
    resampled = bootstrap_metrics(
        used.y, used.value, used.model.cutoff, used.clusters, sampling.resamples, seed, level=sampling.level
    )
    replaced = RESAMPLED if used.has_independent_cases else (*RESAMPLED, *WALD)
    for entry in entries:
        if entry.statistic in replaced and not np.isnan(entry.estimate):
            row = resampled.loc[entry.statistic]
            result = Bootstrap(*row[list(Bootstrap._fields)])._replace(estimate=entry.estimate, reason=entry.reason)
            yield bootstrap_entry(entry.statistic, result)._replace(df=entry.df, p=entry.p)
        else:
            yield entry


def _compare_with_best(area: float, best: float) -> Iterator[Entry]:
    yield number_entry(BEST_POSSIBLE, best, reason=ONE_CLASS)
    share = (area - 0.5) / (best - 0.5) if best > 0.5 else NAN
    yield number_entry("share_of_best", share, reason="the simulated risk does not discriminate here")
