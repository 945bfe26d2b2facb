"""Every reader against the model: AUC, operating point, and the tests of their differences."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sonomics.evaluate.readers.readings import (
    AUC,
    SENSITIVITY,
    SPECIFICITY,
    covariance_name,
    estimate_measure,
    usable_readings,
)
from sonomics.evaluate.tables.columns import concatenate
from sonomics.evaluate.tables.entries import ROBUST
from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.comparison.mcnemar import mcnemar
from sonomics.statistics.comparison.multiple_testing import holm
from sonomics.statistics.discrimination.auc_comparison import compare_aucs
from sonomics.statistics.discrimination.roc_curve import roc_curve
from sonomics.statistics.estimates import Booleans, normal_quantile
from sonomics.statistics.readers.mrmc import FEW_CASES

ACCURACY = "accuracy"
AREAS = [
    "split", "reader", "level", "arm", "read", "n", "positives", "auc", "lower", "upper", "model", "difference",
    "diff_lower", "diff_upper", "p", "p_holm", "method", "reason",
]  # fmt: skip
POINTS = [
    "split", "reader", "level", "arm", "measure", "hits", "n", "estimate", "lower", "upper", "model", "reader_only",
    "model_only", "p", "p_holm", "method", "reason",
]  # fmt: skip
NO_READING = "no case with a reading, a known label and a score of the model"
NO_SCORE = "decisions without scores, which have no ROC curve"
OF_CLASS = {SENSITIVITY: (1.0,), SPECIFICITY: (0.0,), ACCURACY: (0.0, 1.0)}


def readers_auc(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compute every reader's AUC and its difference to the model's on the same cases.

    Parameters
    ----------
    rows : DataFrame
        From `join_readings`.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `AREAS`: one row per split, reader and arm. `read` counts the cases with a reading, n those with a score, a
        known label and a score of the model; `difference` is reader minus model; `p_holm` is adjusted for the readers
        of a split and arm (Holm).
    """
    table = []
    for (split, reader, arm), readings in _by_reader(rows):
        names = {"split": split, "reader": reader, "level": readings["level"].iloc[0], "arm": arm}
        compared = _compare_auc(usable_readings(readings, AUC), level)
        if not compared["n"] and readings["score"].isna().all() and (readings["decision"] != "").any():
            compared["reason"] = NO_SCORE
        table.append(names | {"read": _count_read(readings)} | compared)
    return _adjust_p(pd.DataFrame(table, columns=AREAS), ["split", "arm"])


def readers_points(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compute every reader's operating point, and compare its decisions with the model's at the frozen threshold.

    Returns
    -------
    DataFrame
        `POINTS`: one row per split, reader, arm and measure (sensitivity, specificity, accuracy). `hits` of n decisions
        are right; `reader_only` and `model_only` count the cases that only one of the two got right (McNemar). Where a
        patient has several cases, interval and test are robust to that (Wald).
    """
    table = []
    for (split, reader, arm), readings in _by_reader(rows):
        names = {"split": split, "reader": reader, "level": readings["level"].iloc[0], "arm": arm}
        decisions = usable_readings(readings, SENSITIVITY)
        table += [
            names | {"measure": measure} | _compare_decisions(decisions[decisions["label"].isin(classes)], level)
            for measure, classes in OF_CLASS.items()
        ]
    return _adjust_p(pd.DataFrame(table, columns=POINTS), ["split", "arm", "measure"])


def readers_roc(rows: pd.DataFrame, cutoff: float) -> pd.DataFrame:
    """List the points of the model's ROC curve on the cases that somebody has read.

    Returns
    -------
    DataFrame
        `split, cutoff, fpr, tpr, frozen`: the last marks the point of the frozen threshold; none for a split without
        both classes.
    """
    tables = []
    for split, readings in rows.groupby("split", sort=False):
        cases = readings[readings["label"].notna() & readings["model"].notna()].drop_duplicates("case")
        if cases["label"].nunique() == 2:
            curve = roc_curve(cases["label"], cases["model"])
            points = {"cutoff": curve.cutoff, "fpr": curve.false_positive_rate, "tpr": curve.true_positive_rate}
            frozen = np.arange(len(curve.cutoff)) == int((curve.cutoff >= cutoff).sum()) - 1
            tables.append(pd.DataFrame({"split": split, **points, "frozen": frozen}))
    return concatenate(tables, ["split", "cutoff", "fpr", "tpr", "frozen"])


def _by_reader(rows: pd.DataFrame) -> Any:
    return rows[rows["first"]].groupby(["split", "reader", "arm"], sort=False)


def _count_read(readings: pd.DataFrame) -> int:
    return int((readings["score"].notna() | (readings["category"] != "") | (readings["decision"] != "")).sum())


def _compare_auc(used: pd.DataFrame, level: float) -> dict[str, float | str]:
    y, patients = used["label"].to_numpy(), used["patient"].to_numpy()
    counts: dict[str, float | str] = {"n": len(used), "positives": int(y.sum())}
    if not len(used):
        return counts | {"reason": NO_READING}
    scores = used[["score", "model"]].to_numpy().T
    aucs, covariance = estimate_measure(AUC, y, scores, patients)
    result = compare_aucs(aucs, covariance, level, FEW_CASES)
    half = normal_quantile(level) * float(np.sqrt(covariance[0, 0]))
    tied = np.ptp(scores[0]) == 0
    lower, upper = (np.nan, np.nan) if tied else np.clip([aucs[0] - half, aucs[0] + half], 0.0, 1.0)
    return counts | {
        "auc": float(aucs[0]),
        "lower": lower,
        "upper": upper,
        "model": float(aucs[1]),
        "difference": result.difference,
        "diff_lower": result.lower,
        "diff_upper": result.upper,
        "p": result.p,
        "method": f"{covariance_name(AUC, patients)}, paired",
        "reason": result.reason or ("all scores are equal" if tied else ""),
    }


def _compare_decisions(used: pd.DataFrame, level: float) -> dict[str, float | str]:
    right = (used["decided"] == used["label"]).to_numpy()
    share = proportion(int(right.sum()), len(used), level)
    counts: dict[str, float | str] = {"hits": share.x, "n": share.n}
    if not len(used):
        return counts | {"reason": NO_READING}
    known = bool(used["called"].notna().all())
    model_right = (used["called"] == used["label"]).to_numpy()
    reason = "" if known else "the model's threshold was not estimable on the training set"
    row = counts | {"estimate": share.estimate, "model": float(model_right.mean()) if known else np.nan}
    if not used["patient"].is_unique:
        patients = used["patient"].to_numpy()
        return row | _compare_clustered(right, model_right if known else right, patients, level, reason)
    lower, upper = share.wilson
    row |= {"lower": lower, "upper": upper, "method": "Wilson; McNemar, mid-p", "reason": reason}
    if not known:
        return row
    test = mcnemar(right, model_right)
    return row | {"reader_only": test.b, "model_only": test.c, "p": test.p_mid, "reason": test.reason}


def _compare_clustered(
    right: Booleans, model_right: Booleans, patients: NDArray[np.object_], level: float, reason: str
) -> dict[str, float | str]:
    """Compare the shares of right decisions where patients have several cases (Wald)."""
    values = np.stack([right, model_right]).astype(np.float64)
    shares, covariance = estimate_measure(SENSITIVITY, np.ones(len(right)), values, patients)
    half = normal_quantile(level) * float(np.sqrt(covariance[0, 0]))
    lower, upper = np.clip([shares[0] - half, shares[0] + half], 0.0, 1.0) if half > 0 else (np.nan, np.nan)
    bounds = {"lower": lower, "upper": upper, "method": ROBUST}
    if reason:
        return {**bounds, "reason": reason}
    result = compare_aucs(shares, covariance, level, "fewer than two patients")
    only = {"reader_only": int((right & ~model_right).sum()), "model_only": int((~right & model_right).sum())}
    return {**bounds, **only, "p": result.p, "reason": result.reason}


def _adjust_p(table: pd.DataFrame, family: list[str]) -> pd.DataFrame:
    """Adjust the P values of each family for their number (Holm)."""
    table["p"] = table["p"].astype(np.float64)
    table["p_holm"] = table.groupby(family, sort=False)["p"].transform(holm) if len(table) else table["p"]
    return table.assign(**{name: table[name].fillna("") for name in ("method", "reason")})
