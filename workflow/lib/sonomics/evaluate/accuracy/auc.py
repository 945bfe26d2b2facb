"""The AUC with every interval that fits its unit: DeLong, logit, bootstrap, and clustered by patient."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from sonomics.core.seeds import seed_for
from sonomics.evaluate.cases import Model, values_of
from sonomics.evaluate.entries import NAN, Entry, Sampling, estimated, resampled
from sonomics.statistics.discrimination.auc import auc_interval, logit_interval
from sonomics.statistics.discrimination.clustered_auc import clustered_auc
from sonomics.statistics.estimates import Estimate
from sonomics.statistics.resampling.bootstrap import auc_bootstrap

NO_CASE = "no case"
OBUCHOWSKI = "Obuchowski, clustered by patient"
TIED = "all cases have one value"
REPEATED = ("auc", "auc_logit", "auc_bootstrap")


def area_entries(used: pd.DataFrame, model: Model, sampling: Sampling) -> Iterator[Entry]:
    """State the AUC of the analysed cases of one split.

    `auc` has DeLong's interval or, where a patient has several cases, the percentile interval over patients;
    `auc_logit` DeLong's on the logit scale, `auc_bootstrap` the percentile one; `auc_clustered`, only where a patient
    has several cases, Obuchowski's, and the other DeLong interval is then left out as too narrow. One value for all
    cases has the area 0.5 by its form: no interval.

    Parameters
    ----------
    used : DataFrame
        From `analysed`: cases with a known label and a value of the model.
    model : Model
    sampling : Sampling
    """
    if used.empty:
        yield from (Entry(name, NAN, reason=NO_CASE) for name in REPEATED)
        return
    y, value, patients = used["label"].to_numpy(), values_of(used, model.judged), used["patient"].to_numpy()
    seed = seed_for(sampling.seed, "auc", model.name, used["split"].iloc[0])
    if np.ptp(value) == 0 and 0 < y.sum() < y.size:
        yield from (Entry(name, 0.5, reason=TIED) for name in REPEATED)
        return
    drawn = auc_bootstrap(y, value, patients, sampling.resamples, seed, sampling.level)
    if used["patient"].is_unique:
        yield estimated("auc", auc_interval(y, value, sampling.level), "DeLong")
        yield estimated("auc_logit", _explained(logit_interval(y, value, sampling.level)), "DeLong, logit scale")
    else:
        yield resampled("auc", drawn)
        yield estimated("auc_clustered", clustered_auc(y, value, patients, sampling.level).area, OBUCHOWSKI)
    yield resampled("auc_bootstrap", drawn)


def auc_entry(used: pd.DataFrame, model: Model, sampling: Sampling) -> Entry:
    """State the AUC with the interval that fits its unit: the first of `area_entries`."""
    return next(area_entries(used, model, sampling))


def _explained(area: Estimate) -> Estimate:
    """Say why an AUC of 0 or 1 has no interval on the logit scale."""
    if np.isnan(area.lower) and area.estimate in (0.0, 1.0) and not area.reason:
        return area._replace(reason="the logit of an AUC of 0 or 1 is infinite")
    return area
