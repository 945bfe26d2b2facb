"""Readers' decisions against the reference standard: every reader, level and the mean, alone, aided, and the change.

What is measured is a parameter, so that readers of two labels and of several classes have one table.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.core.readings import AIDED, ALONE
from sonomics.evaluate.readers.agreement import CHANGE
from sonomics.evaluate.readers.mrmc import NO_CASE, OBUCHOWSKI_ROCKETTE, READER, Group, group_readers
from sonomics.evaluate.readers.readings import SENSITIVITY, SPECIFICITY, cross_readings, estimate_measure
from sonomics.evaluate.tables.entries import NO_WIDTH, ROBUST
from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.estimates import Floats, normal_quantile
from sonomics.statistics.readers import decisions
from sonomics.statistics.readers.covariance import clustered_share_covariance
from sonomics.statistics.readers.mrmc import Contrast, analyse_reader_study, mean_over_readers

REFERENCE = [
    "split", "scope", "name", "level", "arm", "measure", "readers", "n", "positives", "estimate", "lower", "upper", "p",
    "model", "model_lower", "model_upper", "method", "reason",
]  # fmt: skip
JACKKNIFE = "jackknife over patients"
NO_DECISION = "no case with a decision, a known label and a score of the model"
UNSTABLE = "undefined, or undefined without one of the patients"
FEWER = "undefined without one of the patients, or fewer than two"

Patients = NDArray[np.object_]


class Measure(NamedTuple):
    """A measure of decisions.

    Attributes
    ----------
    estimate : callable
        `estimate(true, decided of shape (m, n), patients) -> values of shape (m,), covariance of shape (m, m)`.
    among : callable or None
        Of a share: `among(true, decided) -> the cases that it is a share of`, as booleans; the share is of right
        decisions. None for a measure that is not a share.
    lowest : float
        Its least possible value; the largest is 1.
    """

    estimate: Callable[[Floats, Floats, Patients], tuple[Floats, Floats]]
    among: Callable[[Floats, Floats], NDArray[np.bool_]] | None = None
    lowest: float = 0.0


class Bounded(NamedTuple):
    """A value with its interval, how it was made, and why a part of it is missing."""

    estimate: float
    lower: float = np.nan
    upper: float = np.nan
    method: str = ""
    reason: str = ""


def estimate_accuracy(true: Floats, decided: Floats, patients: Patients) -> tuple[Floats, Floats]:
    """Estimate the share of right decisions of several readings, with its covariance over patients."""
    return clustered_share_covariance(decided == true, patients)


def jackknifed(measure: decisions.Measure, count: int = 2) -> Callable[..., tuple[Floats, Floats]]:
    """Return the estimate of a measure of counts, with its jackknife covariance over patients."""
    return lambda true, decided, patients: decisions.jackknife_decisions(measure, true, decided, patients, count)


TWO_LABELS: Mapping[str, Measure] = {
    "accuracy": Measure(estimate_accuracy, lambda true, decided: np.ones(true.size, dtype=np.bool_)),
    SENSITIVITY: Measure(partial(estimate_measure, SENSITIVITY), lambda true, decided: true == 1),
    SPECIFICITY: Measure(partial(estimate_measure, SPECIFICITY), lambda true, decided: true == 0),
    "ppv": Measure(jackknifed(decisions.predictive_value), lambda true, decided: decided == 1),
    "npv": Measure(jackknifed(decisions.negative_predictive_value), lambda true, decided: decided == 0),
    "f1": Measure(jackknifed(decisions.f1)),
    "kappa": Measure(jackknifed(decisions.kappa), lowest=-1.0),
}


def readers_reference(rows: pd.DataFrame, measures: Mapping[str, Measure], level: float) -> pd.DataFrame:
    """Compare readers' decisions with the reference standard.

    Parameters
    ----------
    rows : DataFrame
        From `join_readings`, or the same of several classes: `decided`, `label` and `called` are then their places.
    measures : mapping of str to Measure
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `REFERENCE`: one row per split, reader, level and all readers, arm ("alone", "aided", and the change "aided
        minus alone", with `p`) and measure. A reader's cases are all that the reader decided on in the arm (in both,
        for the change), those of several readers the cases that all of them decided on. `model` is the primary model's
        value on the same cases, by its frozen decisions. Intervals: one reader's shares by Wilson (Wald, robust, where
        patients have several cases), F1 and kappa by the jackknife; means over readers by Obuchowski and Rockette, for
        other readers and cases.
    """
    table: list[dict[str, Any]] = []
    for split, in_split in rows[rows["first"]].groupby("split", sort=False):
        for arm in (ALONE, AIDED):
            in_arm = in_split[in_split["arm"] == arm]
            for group in group_readers(in_arm, (arm,)):
                names = {"split": split} | group._asdict() | {"arm": arm, "readers": len(group.readers)}
                table += [names | row for row in _evaluate(in_arm, group, arm, measures, level)]
        for group in group_readers(in_split, (ALONE, AIDED)):
            names = {"split": split} | group._asdict() | {"arm": CHANGE, "readers": len(group.readers)}
            table += [names | row for row in _compare_arms(in_split, group, measures, level)]
    made = pd.DataFrame(table, columns=REFERENCE)
    return made.assign(**{name: made[name].fillna("") for name in ("method", "reason")})


def bound_reading(measure: Measure, true: Floats, decided: Floats, patients: Patients, level: float) -> Bounded:
    """Estimate a measure of one reading with its interval.

    Parameters
    ----------
    measure : Measure
    true, decided : ndarray, shape (n,)
        Places of the classes.
    patients : ndarray, shape (n,)
    level : float
    """
    values, covariance = measure.estimate(true, decided[None], patients)
    value, variance = float(values[0]), float(covariance[0, 0])
    if np.isnan(value):
        return Bounded(value, reason=UNSTABLE)
    if measure.among is not None and len(set(patients)) == len(patients):
        among = measure.among(true, decided)
        share = proportion(int((decided == true)[among].sum()), int(among.sum()), level)
        lower, upper = share.wilson
        return Bounded(value, lower, upper, "Wilson")
    method = JACKKNIFE if measure.among is None else ROBUST
    if not variance > 0:
        return Bounded(value, method=method, reason=NO_WIDTH if variance == 0 else FEWER)
    half = normal_quantile(level) * float(np.sqrt(variance))
    return Bounded(value, max(value - half, measure.lowest), min(value + half, 1.0), method)


def _evaluate(
    rows: pd.DataFrame, group: Group, arm: str, measures: Mapping[str, Measure], level: float
) -> Iterator[dict[str, Any]]:
    crossed = cross_readings(rows, group.readers, (arm,), SENSITIVITY)
    counts = {"n": crossed.y.size, "positives": crossed.y.sum()}
    for name, measure in measures.items():
        row = {"measure": name, **counts}
        if not crossed.y.size:
            yield row | {"reason": NO_DECISION if group.scope == READER else NO_CASE}
            continue
        row |= _bound_model(measure, crossed.y, crossed.model, crossed.patients, level)
        if group.scope == READER:
            bounded = bound_reading(measure, crossed.y, crossed.readings[0], crossed.patients, level)
            yield row | bounded._asdict()
            continue
        mean = mean_over_readers(*measure.estimate(crossed.y, crossed.readings, crossed.patients), level)
        lower, upper = np.clip([mean.lower, mean.upper], measure.lowest, 1.0)
        reason = UNSTABLE if np.isnan(mean.estimate) else mean.reason
        yield row | Bounded(mean.estimate, lower, upper, OBUCHOWSKI_ROCKETTE, reason)._asdict()


def _bound_model(measure: Measure, true: Floats, called: Floats, patients: Patients, level: float) -> dict[str, float]:
    if np.isnan(called).any():
        return {}
    bounded = bound_reading(measure, true, called, patients, level)
    return {"model": bounded.estimate, "model_lower": bounded.lower, "model_upper": bounded.upper}


def _compare_arms(
    rows: pd.DataFrame, group: Group, measures: Mapping[str, Measure], level: float
) -> Iterator[dict[str, Any]]:
    crossed = cross_readings(rows, group.readers, (ALONE, AIDED), SENSITIVITY)
    counts = {"n": crossed.y.size, "positives": crossed.y.sum()}
    for name, measure in measures.items():
        row = {"measure": name, **counts}
        if not crossed.y.size:
            yield row | {"reason": NO_CASE}
            continue
        values, covariance = measure.estimate(crossed.y, crossed.readings, crossed.patients)
        study = analyse_reader_study(values.reshape(2, -1), covariance, level)
        contrast = study.readers_fixed if group.scope == READER else study.both_random
        method = f"paired, {JACKKNIFE}" if group.scope == READER else OBUCHOWSKI_ROCKETTE
        yield row | _contrast_columns(contrast) | {"method": method}


def _contrast_columns(contrast: Contrast) -> dict[str, Any]:
    reason = UNSTABLE if np.isnan(contrast.difference) else contrast.reason
    bounds = {"estimate": contrast.difference, "lower": contrast.lower, "upper": contrast.upper}
    return bounds | {"p": contrast.p, "reason": reason}
