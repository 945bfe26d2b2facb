"""The AUC with every interval that fits its unit: DeLong, logit, bootstrap, and clustered by patient."""

from collections.abc import Iterator

import numpy as np

from sonomics.core.seeds import seed_for
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.tables.entries import NAN, Entry, Sampling, bootstrap_entry, estimate_entry
from sonomics.statistics.discrimination.auc import auc_interval, auc_logit_interval
from sonomics.statistics.discrimination.clustered_auc import clustered_auc
from sonomics.statistics.estimates import Estimate
from sonomics.statistics.resampling.bootstrap import bootstrap_auc

NO_CASE = "no case"
OBUCHOWSKI = "Obuchowski, clustered by patient"
TIED = "all cases have one value"
ALWAYS_STATED = ("auc", "auc_logit", "auc_bootstrap")


def auc_entries(sample: Scored, sampling: Sampling) -> Iterator[Entry]:
    """Estimate the AUC of one model in one split.

    `auc` has DeLong's interval or, where a patient has several cases, the percentile interval over patients;
    `auc_logit` DeLong's on the logit scale, `auc_bootstrap` the percentile one; `auc_clustered`, only where a patient
    has several cases, Obuchowski's, and the other DeLong interval is then left out as too narrow. One value for all
    cases has the area 0.5 by definition: no interval.

    Parameters
    ----------
    sample : Scored
        Analysed cases: with a known label and a value of the model.
    sampling : Sampling
    """
    if not sample.n:
        yield from (Entry(name, NAN, reason=NO_CASE) for name in ALWAYS_STATED)
        return
    y, value, patients, level = sample.y, sample.value, sample.clusters, sampling.level
    if np.ptp(value) == 0 and 0 < y.sum() < y.size:
        yield from (Entry(name, 0.5, reason=TIED) for name in ALWAYS_STATED)
        return
    seed = seed_for(sampling.seed, "auc", sample.model.name, sample.split)
    resampled = bootstrap_auc(y, value, patients, sampling.resamples, seed, level)
    if sample.has_independent_cases:
        yield estimate_entry("auc", auc_interval(y, value, level), "DeLong")
        yield estimate_entry("auc_logit", _with_reason(auc_logit_interval(y, value, level)), "DeLong, logit scale")
    else:
        yield bootstrap_entry("auc", resampled)
        yield estimate_entry("auc_clustered", clustered_auc(y, value, patients, level).area, OBUCHOWSKI)
    yield bootstrap_entry("auc_bootstrap", resampled)


def auc_entry(sample: Scored, sampling: Sampling) -> Entry:
    """Estimate the AUC with the interval that fits its unit: the first of `auc_entries`."""
    return next(auc_entries(sample, sampling))


def _with_reason(area: Estimate) -> Estimate:
    """State why an AUC of 0 or 1 has no interval on the logit scale."""
    if np.isnan(area.lower) and area.estimate in (0.0, 1.0) and not area.reason:
        return area._replace(reason="the logit of an AUC of 0 or 1 is infinite")
    return area
