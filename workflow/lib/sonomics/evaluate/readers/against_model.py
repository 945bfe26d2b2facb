"""Every reader against the model: AUC, operating point, and the tests of their differences."""

import numpy as np
import pandas as pd

from sonomics.evaluate.entries import ROBUST
from sonomics.evaluate.readers.readings import AUC, SENSITIVITY, SPECIFICITY, measured, uncertainty, usable
from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.comparison.mcnemar import mcnemar
from sonomics.statistics.comparison.multiple_testing import holm
from sonomics.statistics.discrimination.auc_comparison import auc_difference
from sonomics.statistics.discrimination.roc_curve import roc_curve
from sonomics.statistics.estimates import normal_quantile
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
NOBODY = "no case with a reading, a known label and a score of the model"
OF_CLASS = {SENSITIVITY: (1.0,), SPECIFICITY: (0.0,), ACCURACY: (0.0, 1.0)}


def readers_auc(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give every reader's AUC and its difference to the model's on the same cases.

    Parameters
    ----------
    rows : DataFrame
        From `readings_of`.
    level : float

    Returns
    -------
    DataFrame
        `AREAS`: one row a split, reader and arm. `read` counts the cases with a reading, n those with a score, a known
        label and a score of the model; `difference` is reader minus model; `p_holm` is corrected for the readers of a
        split and arm (Holm).
    """
    made = []
    for (split, reader, arm), inside in _by_reader(rows):
        head = {"split": split, "reader": reader, "level": inside["level"].iloc[0], "arm": arm, "read": _read(inside)}
        made.append(head | _area(usable(inside, AUC), level))
    return _corrected(pd.DataFrame(made, columns=AREAS), ["split", "arm"])


def readers_points(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give every reader's operating point, and compare its decisions with the model's at the frozen threshold.

    Returns
    -------
    DataFrame
        `POINTS`: one row a split, reader, arm and measure (sensitivity, specificity, accuracy). `hits` of n decisions
        are right; `reader_only` and `model_only` count the cases that only one of the two got right (McNemar). Where a
        patient has several cases, interval and test are robust to that (Wald).
    """
    made = []
    for (split, reader, arm), inside in _by_reader(rows):
        head = {"split": split, "reader": reader, "level": inside["level"].iloc[0], "arm": arm}
        decisions = usable(inside, SENSITIVITY)
        made += [
            head | {"measure": measure} | _point(decisions[decisions["label"].isin(classes)], level)
            for measure, classes in OF_CLASS.items()
        ]
    return _corrected(pd.DataFrame(made, columns=POINTS), ["split", "arm", "measure"])


def readers_roc(rows: pd.DataFrame, cutoff: float) -> pd.DataFrame:
    """Give the model's ROC curve on the cases that somebody has read.

    Returns
    -------
    DataFrame
        `split, cutoff, fpr, tpr, frozen`: the last marks the point of the frozen threshold; none for a split without
        both classes.
    """
    tables = []
    for split, inside in rows.groupby("split", sort=False):
        cases = inside[inside["label"].notna() & inside["model"].notna()].drop_duplicates("case")
        if cases["label"].nunique() == 2:
            curve = roc_curve(cases["label"], cases["model"])
            points = {"cutoff": curve.cutoff, "fpr": curve.false_positive_rate, "tpr": curve.true_positive_rate}
            called = int((curve.cutoff >= cutoff).sum())
            frozen = np.arange(len(curve.cutoff)) == called - 1
            tables.append(pd.DataFrame({"split": split, **points, "frozen": frozen}))
    columns = ["split", "cutoff", "fpr", "tpr", "frozen"]
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=columns)


def _by_reader(rows: pd.DataFrame) -> "pd.api.typing.DataFrameGroupBy":
    return rows[rows["first"]].groupby(["split", "reader", "arm"], sort=False)


def _read(inside: pd.DataFrame) -> int:
    return int((inside["score"].notna() | (inside["category"] != "") | (inside["decision"] != "")).sum())


def _area(used: pd.DataFrame, level: float) -> dict[str, float | str]:
    y, patients = used["label"].to_numpy(), used["patient"].to_numpy()
    counts: dict[str, float | str] = {"n": len(used), "positives": int(y.sum())}
    if not len(used):
        return counts | {"reason": NOBODY}
    scores = used[["score", "model"]].to_numpy().T
    aucs, covariance = measured(AUC, y, scores, patients)
    found = auc_difference(aucs, covariance, level, FEW_CASES)
    half = normal_quantile(level) * float(np.sqrt(covariance[0, 0]))
    tied = np.ptp(scores[0]) == 0
    lower, upper = (np.nan, np.nan) if tied else np.clip([aucs[0] - half, aucs[0] + half], 0.0, 1.0)
    return counts | {
        "auc": float(aucs[0]),
        "lower": lower,
        "upper": upper,
        "model": float(aucs[1]),
        "difference": found.difference,
        "diff_lower": found.lower,
        "diff_upper": found.upper,
        "p": found.p,
        "method": f"{uncertainty(AUC, patients)}, paired",
        "reason": found.reason or ("all scores are equal" if tied else ""),
    }


def _point(used: pd.DataFrame, level: float) -> dict[str, float | str]:
    right = (used["decided"] == used["label"]).to_numpy()
    found = proportion(int(right.sum()), len(used), level)
    counts: dict[str, float | str] = {"hits": found.x, "n": found.n}
    if not len(used):
        return counts | {"reason": NOBODY}
    known = bool(used["called"].notna().all())
    model_right = (used["called"] == used["label"]).to_numpy()
    reason = "" if known else "the model's threshold was not estimable on the training set"
    made = counts | {"estimate": found.estimate, "model": float(model_right.mean()) if known else np.nan}
    if not used["patient"].is_unique:
        return made | _clustered(right, model_right if known else right, used["patient"].to_numpy(), level, reason)
    lower, upper = found.wilson
    made |= {"lower": lower, "upper": upper, "method": "Wilson; McNemar, mid-p", "reason": reason}
    if not known:
        return made
    test = mcnemar(right, model_right)
    return made | {"reader_only": test.b, "model_only": test.c, "p": test.p_mid, "reason": test.reason}


def _clustered(
    right: np.ndarray, model_right: np.ndarray, patients: np.ndarray, level: float, reason: str
) -> dict[str, float | str]:
    """Interval of the share right, and test of its difference to the model's, for several cases a patient (Wald)."""
    ones = np.ones(len(right))
    shares, covariance = measured(SENSITIVITY, ones, np.stack([right, model_right]).astype(np.float64), patients)
    half = normal_quantile(level) * float(np.sqrt(covariance[0, 0]))
    lower, upper = np.clip([shares[0] - half, shares[0] + half], 0.0, 1.0) if half > 0 else (np.nan, np.nan)
    bounds = {"lower": lower, "upper": upper}
    found = auc_difference(shares, covariance, level, "fewer than two patients")
    only = {"reader_only": int((right & ~model_right).sum()), "model_only": int((~right & model_right).sum())}
    test: dict[str, float | str] = {"reason": reason} if reason else {**only, "p": found.p, "reason": found.reason}
    return {**bounds, "method": ROBUST, **test}


def _corrected(table: pd.DataFrame, family: list[str]) -> pd.DataFrame:
    """Correct the P values of each family for their number (Holm)."""
    table["p"] = table["p"].astype(np.float64)
    table["p_holm"] = table.groupby(family, sort=False)["p"].transform(holm) if len(table) else table["p"]
    return table.assign(**{name: table[name].fillna("") for name in ("method", "reason")})
