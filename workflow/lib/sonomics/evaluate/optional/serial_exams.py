"""Exams of patients before their diagnosis: how early the frozen threshold calls them positive."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.evaluate.cases import Model, values_of
from sonomics.evaluate.entries import robust_share
from sonomics.statistics.classification.lead_time import lead_times, sensitivity_before
from sonomics.statistics.classification.proportion import Proportion, proportion

MONTHS_A_YEAR = 12.0
WINDOWS = (0.0, 1.0, 2.0, 3.0)
PATIENTS = [
    "split", "patient", "exams", "unscored", "after_diagnosis", "undated", "first_exam", "earliest", "lead", "reason",
]  # fmt: skip
SUMMARY = ["split", "statistic", "x", "n", "unit", "estimate", "lower", "upper", "method", "reason"]
NO_CUTOFF = "the threshold was not estimable on the training set"
NO_EXAM = "no scored exam before the diagnosis"
NEVER = "no exam before the diagnosis was called positive"


def serial_tables(
    cases: pd.DataFrame, primary: Model, settings: Mapping[str, Any], level: float
) -> dict[str, pd.DataFrame]:
    """Evaluate the primary model on exams before a diagnosis; a case is an exam.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`, with the columns that `settings` names.
    primary : Model
    settings : mapping
        `exam_time` and `diagnosis_time`: columns in months on one scale of the patient's own, the latter empty where
        there was no diagnosis; optionally `windows`, their edges in years before the diagnosis.
    level : float

    Returns
    -------
    dict of str to DataFrame
        `serial`, a row a diagnosed patient: exams up to the diagnosis with a score, those without one, those after it
        and those of unknown time (both set aside), and in years before it: the first exam, the earliest exam called
        positive, and `lead`, from which on every exam was. `serial_exams`, a row an exam of theirs: `split, patient,
        case, before, called`; none without a threshold. `serial_summary`: a row a statistic.

    Raises
    ------
    StudyError
        A time that is no number.
    """
    exams = _with_times(cases, settings).assign(value=values_of(cases, primary.judged))
    exams["called"] = exams["value"] >= primary.cutoff
    patients, summary = [], []
    for split, inside in exams.groupby("split", sort=False):
        found = _patients(inside, np.isnan(primary.cutoff))
        patients += [{"split": split, **row} for row in found]
        statistics = _summary(inside, found, primary.cutoff, sorted(settings.get("windows", WINDOWS)), level)
        summary += [{"split": split, **row} for row in statistics]
    shown = exams["diagnosed"] & (exams["before"] >= 0) & exams["value"].notna() & ~np.isnan(primary.cutoff)
    return {
        "serial_exams": exams.loc[shown, ["split", "patient", "case", "before", "called"]],
        "serial": pd.DataFrame(patients, columns=PATIENTS),
        "serial_summary": pd.DataFrame(summary, columns=SUMMARY),
    }


def _with_times(cases: pd.DataFrame, settings: Mapping[str, Any]) -> pd.DataFrame:
    """Give every exam its years before the diagnosis: negative after it, NaN without a diagnosis or a time."""
    for name in (settings["exam_time"], settings["diagnosis_time"]):
        if not pd.api.types.is_numeric_dtype(cases[name]):
            rule = f"the column {name}, a time of evaluate.serial, is not numeric"
            raise StudyError("data/cohort.csv", rule, "give months, and leave the cell empty where there is none")
    before = cases[settings["diagnosis_time"]] - cases[settings["exam_time"]]
    diagnosed = cases.groupby("patient")[settings["diagnosis_time"]].transform("count") > 0
    return cases[["patient", "case", "split"]].assign(before=before / MONTHS_A_YEAR, diagnosed=diagnosed)


def _patients(inside: pd.DataFrame, no_cutoff: bool) -> list[dict[str, Any]]:
    rows = []
    for patient, exams in inside[inside["diagnosed"]].groupby("patient"):
        earlier = exams[exams["before"] >= 0]
        scored = earlier[earlier["value"].notna()]
        counts = {
            "patient": patient,
            "exams": len(scored),
            "unscored": len(earlier) - len(scored),
            "after_diagnosis": int((exams["before"] < 0).sum()),
            "undated": int(exams["before"].isna().sum()),
        }
        rows.append(counts | _leads(scored, no_cutoff))
    return rows


def _leads(scored: pd.DataFrame, no_cutoff: bool) -> dict[str, Any]:
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
    inside: pd.DataFrame, patients: Sequence[Mapping[str, Any]], cutoff: float, windows: Sequence[float], level: float
) -> Iterator[dict[str, Any]]:
    examined = [row for row in patients if row["exams"]]
    if np.isnan(cutoff):
        yield {"statistic": "found before diagnosis", "n": len(examined), "unit": "patient", "reason": NO_CUTOFF}
        return
    earlier = sum(row.get("earliest", 0.0) > 0 for row in examined)
    yield _share("found before diagnosis", proportion(earlier, len(examined), level), "patient", NO_EXAM)
    for name, words in (("earliest", "years, earliest positive exam"), ("lead", "years, positive from then on")):
        yield _median(words, [row[name] for row in examined if not np.isnan(row.get(name, np.nan))])
    scored = inside[inside["value"].notna()]
    before = scored[scored["diagnosed"] & (scored["before"] >= 0)]
    for latest, earliest in zip(windows, [*windows[1:], np.inf], strict=True):
        share = sensitivity_before(before["patient"], before["before"], before["called"], earliest, latest, level)
        until = f" to {earliest:g}" if np.isfinite(earliest) else " or more"
        yield _share(f"sensitivity {latest:g}{until} years before", share, "patient", "no exam in this window")
    yield from _false_alarms(scored[~scored["diagnosed"]], level)


def _false_alarms(others: pd.DataFrame, level: float) -> Iterator[dict[str, Any]]:
    """Positive calls in patients without a diagnosis: by exam, robust to several of a patient, and by patient."""
    share = robust_share(others["called"], others["patient"], level)
    by_exam = {"x": int(others["called"].sum()), "n": len(others), "unit": "exam", "method": "Wald, cluster-robust"}
    bounds = {"estimate": share.estimate, "lower": share.lower, "upper": share.upper, "reason": share.reason}
    yield {"statistic": "called positive without a diagnosis", **by_exam, **bounds}
    ever = others.groupby("patient")["called"].any()
    found = proportion(int(ever.sum()), len(ever), level)
    yield _share("ever called positive without a diagnosis", found, "patient", "no patient without a diagnosis")


def _share(statistic: str, found: Proportion, unit: str, reason: str) -> dict[str, Any]:
    lower, upper = found.wilson
    counts = {"statistic": statistic, "x": found.x, "n": found.n, "unit": unit}
    estimate = {"estimate": found.estimate, "lower": lower, "upper": upper}
    return counts | estimate | {"method": "Wilson", "reason": "" if found.n else reason}


def _median(statistic: str, years: Sequence[float]) -> dict[str, Any]:
    row = {"statistic": statistic, "n": len(years), "unit": "patient", "method": "median and range"}
    if not years:
        return row | {"reason": NEVER}
    return row | {"estimate": float(np.median(years)), "lower": min(years), "upper": max(years), "reason": ""}
