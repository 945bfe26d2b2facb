"""Calibration of the probabilities of several classes, each class against the rest."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.seeds import seed_for
from sonomics.evaluate.accuracy.curves import GROUPED, QUANTILE_GROUPS, SMOOTHED
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.several_classes.cases import read_probabilities
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables, concatenate
from sonomics.evaluate.tables.entries import Entry, Sampling, bootstrap_entry, estimate_entry
from sonomics.statistics.calibration.grouped import grouped_calibration
from sonomics.statistics.calibration.intercept_slope import calibration_in_the_large, calibration_slope
from sonomics.statistics.calibration.smoothed import calibration_curve
from sonomics.statistics.estimates import Estimate, Floats
from sonomics.statistics.resampling.bootstrap import Bootstrap
from sonomics.statistics.resampling.metric_bootstrap import bootstrap_calibration

MEASURES = "model split class statistic estimate lower upper n cases method reason"
CURVES = "model split class kind n predicted observed lower upper"
RESAMPLED = ("observed_to_expected", "brier")
WALD = {"calibration_intercept": calibration_in_the_large, "calibration_slope": calibration_slope}
ABSENT = "only one class"


def class_calibration_tables(context: Context) -> Tables:
    """Make the tables of the calibration of several classes.

    Returns
    -------
    dict
        `task_calibration`: `MEASURES`, for every model, set and class: intercept and slope of the logistic
        recalibration of its probability against all other classes (Wald; where a patient has several cases, over
        resampled patients), observed-to-expected ratio and Brier score (over resampled patients); `cases` counts those
        of the class. `task_calibration_curves`: `CURVES`, of the primary model, as `accuracy.calibration_table` has
        them.

    References
    ----------
    Van Calster B et al., BMC Med 2019; Van Hoorde K et al., J Biomed Inform 2015 (several classes).
    """
    measures: list[dict[str, Any]] = []
    curves: list[pd.DataFrame] = []
    for sample in context.samples:
        used = sample.analysed
        if not used.n:
            continue
        probabilities = read_probabilities(used.rows, sample.model.name, context.classes)
        for place, name in enumerate(context.classes):
            y, value = (used.y == place).astype(float), probabilities[:, place]
            names = {"model": sample.model.name, "split": sample.split, "class": name}
            counts = {"n": used.n, "cases": int(y.sum())}
            measures += [
                {**names, **entry._asdict(), **counts} for entry in _entries(used, y, value, name, context.sampling)
            ]
            if sample.model is context.primary:
                curves += [curve.assign(**names) for curve in _list_curves(y, value, context.settings.level)]
    return {
        "task_calibration": pd.DataFrame(measures, columns=MEASURES.split()),
        "task_calibration_curves": concatenate(curves, CURVES.split()),
    }


def _entries(used: Scored, y: Floats, value: Floats, name: str, sampling: Sampling) -> Iterator[Entry]:
    if len(np.unique(y)) < 2:
        yield from (Entry(statistic, np.nan, reason=ABSENT) for statistic in (*WALD, *RESAMPLED))
        return
    seed = seed_for(sampling.seed, "class_calibration", used.model.name, used.split, name)
    table = bootstrap_calibration(y, value, used.clusters, sampling.resamples, seed, sampling.level)
    for statistic in (*WALD, *RESAMPLED):
        found: Estimate | None = WALD[statistic](y, value, sampling.level) if statistic in WALD else None
        if found and (used.has_independent_cases or np.isnan(found.estimate)):
            yield estimate_entry(statistic, found, "Wald")
        else:
            yield bootstrap_entry(statistic, Bootstrap(*table[list(Bootstrap._fields)].loc[statistic]))


def _list_curves(y: Floats, value: Floats, level: float) -> Iterator[pd.DataFrame]:
    yield grouped_calibration(y, value, QUANTILE_GROUPS, level).assign(kind=GROUPED)
    curve = calibration_curve(y, value, level=level)
    if not np.isnan(curve.fitted).any():
        points = {"predicted": curve.x, "observed": curve.fitted, "lower": curve.lower, "upper": curve.upper}
        yield pd.DataFrame({"kind": SMOOTHED, "n": len(y), **points})
