"""Exams of patients before their diagnosis: how early the frozen threshold calls them positive."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.settings.evaluate import Serial
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import estimate_clustered_share
from sonomics.statistics.classification.lead_time import lead_times, sensitivity_before
from sonomics.statistics.classification.proportion import Proportion, proportion

MONTHS_PER_YEAR = 12.0
PATIENTS = [
    "split", "patient", "exams", "unscored", "after_diagnosis", "undated", "first_exam", "earliest", "lead", "reason",
]  # fmt: skip
SUMMARY = ["split", "statistic", "x", "n", "unit", "estimate", "lower", "upper", "method", "reason"]
NO_CUTOFF = "the threshold was not estimable on the training set"
NO_EXAM = "no scored exam before the diagnosis"
NEVER = "no exam before the diagnosis was called positive"


def serial_exam_tables(context: Context) -> Tables:
    """Make the tables of the exams before a diagnosis that `evaluate.serial` describes."""
    settings = context.settings
    assert settings.serial is not None
    return serial_tables(context.samples.primary_samples, settings.serial, settings.level)


def serial_tables(samples: Sequence[Scored], settings: Serial, level: float) -> Tables:
    """Evaluate the primary model on exams before a diagnosis; a case is an exam.

    Parameters
    ----------
    samples : sequence of Scored
        Of the primary model, one per split, with the columns that the settings name.
    settings : Serial
        Columns of the exam's and the diagnosis' time in months from a day of the patient's own, the latter empty where
        there was no diagnosis; windows, by their edges in years before the diagnosis.
    level : float
        Confidence level.

    Returns
    -------
    dict of str to DataFrame
        `serial`, one row per diagnosed patient: exams up to the diagnosis with a score, those without one, those after
        it and those of unknown time (both set aside), and in years before it: the first exam, the earliest exam called
        positive, and `lead`, from which on every exam was. `serial_exams`, one row per exam of theirs: `split, patient,
        case, before, called`; none without a threshold. `serial_summary`: one row per statistic.

    Raises
    ------
    StudyError
        A time that is not a number.
    """
    shown, patients, summary = [], [], []
    for sample in samples:
        exams, no_cutoff = _exams(sample.without_copies, settings), bool(np.isnan(sample.model.cutoff))
        leads = _patient_rows(exams, no_cutoff)
        patients += [{"split": sample.split, **row} for row in leads]
        statistics = _summary(exams, leads, no_cutoff, sorted(settings.windows), level)
        summary += [{"split": sample.split, **row} for row in statistics]
        before = exams["diagnosed"] & (exams["before"] >= 0) & exams["value"].notna() & (not no_cutoff)
        shown.append(exams.loc[before, ["split", "patient", "case", "before", "called"]])
    return {
        "serial_exams": pd.concat(shown),
        "serial": pd.DataFrame(patients, columns=PATIENTS),
        "serial_summary": pd.DataFrame(summary, columns=SUMMARY),
    }


def _exams(sample: Scored, settings: Serial) -> pd.DataFrame:
    """Compute for every exam the years before the diagnosis: negative after it, NaN without a diagnosis or a time."""
    rows = sample.rows
    for name in (settings.exam_time, settings.diagnosis_time):
        if not pd.api.types.is_numeric_dtype(rows[name]):
            rule = f"the column {name}, a time of evaluate.serial, is not numeric"
            raise StudyError("data/cohort.csv", rule, "give months, and leave the cell empty where there is none")
    before = (rows[settings.diagnosis_time] - rows[settings.exam_time]) / MONTHS_PER_YEAR
    diagnosed = rows.groupby("patient")[settings.diagnosis_time].transform("count") > 0
    exams = rows[["patient", "case", "split"]]
    return exams.assign(before=before, diagnosed=diagnosed, value=sample.value, called=sample.called)


def _patient_rows(exams: pd.DataFrame, no_cutoff: bool) -> list[dict[str, Any]]:
    rows = []
    for patient, of_patient in exams[exams["diagnosed"]].groupby("patient"):
        earlier = of_patient[of_patient["before"] >= 0]
        scored = earlier[earlier["value"].notna()]
        counts = {
            "patient": patient,
            "exams": len(scored),
            "unscored": len(earlier) - len(scored),
            "after_diagnosis": int((of_patient["before"] < 0).sum()),
            "undated": int(of_patient["before"].isna().sum()),
        }
        rows.append(counts | _lead_times(scored, no_cutoff))
    return rows


def _lead_times(scored: pd.DataFrame, no_cutoff: bool) -> dict[str, Any]:
    if scored.empty:
        return {"reason": NO_EXAM}
    first = {"first_exam": float(scored["before"].max())}
    if no_cutoff:
        return first | {"reason": NO_CUTOFF}
    lead = lead_times(scored["patient"], scored["before"], scored["called"]).iloc[0]
    called = scored.loc[scored["called"], "before"]
    if called.empty:
        return first | {"reason": NEVER}
    return first | {"earliest": float(called.max()), "lead": lead["lead"], "reason": lead["reason"]}


def _summary(
    exams: pd.DataFrame,
    patients: Sequence[Mapping[str, Any]],
    no_cutoff: bool,
    windows: Sequence[float],
    level: float,
) -> Iterator[dict[str, Any]]:
    examined = [row for row in patients if row["exams"]]
    if no_cutoff:
        yield {"statistic": "found before diagnosis", "n": len(examined), "unit": "patient", "reason": NO_CUTOFF}
        return
    earlier = sum(row.get("earliest", 0.0) > 0 for row in examined)
    yield _share("found before diagnosis", proportion(earlier, len(examined), level), "patient", NO_EXAM)
    for name, words in (("earliest", "years, earliest positive exam"), ("lead", "years, positive from then on")):
        yield _median(words, [row[name] for row in examined if not np.isnan(row.get(name, np.nan))])
    scored = exams[exams["value"].notna()]
    before = scored[scored["diagnosed"] & (scored["before"] >= 0)]
    for latest, earliest in zip(windows, [*windows[1:], np.inf], strict=True):
        share = sensitivity_before(before["patient"], before["before"], before["called"], earliest, latest, level)
        until = f" to {earliest:g}" if np.isfinite(earliest) else " or more"
        yield _share(f"sensitivity {latest:g}{until} years before", share, "patient", "no exam in this window")
    yield from _false_alarms(scored[~scored["diagnosed"]], level)


def _false_alarms(exams: pd.DataFrame, level: float) -> Iterator[dict[str, Any]]:
    """Count positive calls in patients without a diagnosis: by exam, robust to several of a patient, and by patient."""
    share = estimate_clustered_share(exams["called"], exams["patient"], level)
    by_exam = {"x": int(exams["called"].sum()), "n": len(exams), "unit": "exam", "method": "Wald, cluster-robust"}
    bounds = {"estimate": share.estimate, "lower": share.lower, "upper": share.upper, "reason": share.reason}
    yield {"statistic": "called positive without a diagnosis", **by_exam, **bounds}
    ever = exams.groupby("patient")["called"].any()
    by_patient = proportion(int(ever.sum()), len(ever), level)
    yield _share("ever called positive without a diagnosis", by_patient, "patient", "no patient without a diagnosis")


def _share(statistic: str, share: Proportion, unit: str, reason: str) -> dict[str, Any]:
    lower, upper = share.wilson
    counts = {"statistic": statistic, "x": share.x, "n": share.n, "unit": unit}
    estimate = {"estimate": share.estimate, "lower": lower, "upper": upper}
    return counts | estimate | {"method": "Wilson", "reason": "" if share.n else reason}


def _median(statistic: str, years: Sequence[float]) -> dict[str, Any]:
    row = {"statistic": statistic, "n": len(years), "unit": "patient", "method": "median and range"}
    if not years:
        return row | {"reason": NEVER}
    return row | {"estimate": float(np.median(years)), "lower": min(years), "upper": max(years), "reason": ""}
