"""A borderline class, which a binary task has no word for, evaluated as a class of its own."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.evaluate.cases import Model, values_of
from sonomics.evaluate.entries import ROBUST, robust_share
from sonomics.statistics.classification.borderline import borderline_ways
from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.discrimination.clustered_auc import clustered_auc

COLUMNS = [
    "model", "split", "statistic", "n", "negatives", "borderline", "positives", "estimate", "lower", "upper", "method",
    "reason",
]  # fmt: skip
VS_NEGATIVE, VS_POSITIVE, CALLED = "auc_borderline_vs_negative", "auc_positive_vs_borderline", "called_positive"
AS_POSITIVE, AS_NEGATIVE, LEFT_OUT = "auc_as_positive", "auc_as_negative", "auc_left_out"
NO_CUTOFF = "the threshold was not estimable on the training set"
NONE = "no borderline case"


def borderline_table(
    cases: pd.DataFrame, models: list[Model], settings: Mapping[str, Any], level: float
) -> pd.DataFrame:
    """Hold the borderline class against the other two, and say how many of it are called positive.

    Parameters
    ----------
    cases : DataFrame
        From `scored_cases`, with the column that `settings` names.
    models : list of Model
    settings : mapping
        `column`, and the `value` in it that means borderline.
    level : float

    Returns
    -------
    DataFrame
        One row a model, split and statistic: the AUC of borderline (as the positive class) against negative, that of
        positive against borderline, the share of borderline called positive at the frozen threshold, and the task's AUC
        with borderline as positive, as negative and left out. A borderline case counts whatever its label says.

    Raises
    ------
    StudyError
        When no case has the value.
    """
    named = cases[settings["column"]]
    numeric = pd.api.types.is_numeric_dtype(named)
    between = named == float(settings["value"]) if numeric else named.astype(str) == str(settings["value"])
    if not between.any():
        values = ", ".join(sorted(map(str, named.dropna().unique()))[:10])
        rule = f"no case has {settings['value']!r} in the column {settings['column']}"
        raise StudyError("params.yaml, evaluate.borderline", rule, f"name one of its values ({values})")
    rows = []
    for model in models:
        value = values_of(cases, model.judged)
        for split, inside in cases.groupby("split", sort=False):
            at = inside.index
            used = (between[at] | inside["label"].notna()) & ~np.isnan(value[at])
            kept = inside[used].assign(between=between[at][used], value=value[at][used])
            rows += [{"model": model.name, "split": split, **row} for row in _statistics(kept, model.cutoff, level)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _statistics(kept: pd.DataFrame, cutoff: float, level: float) -> Iterator[dict[str, Any]]:
    between = kept["between"].to_numpy()
    label = np.where(between, np.nan, kept["label"].to_numpy())
    counts = {
        "negatives": int((label == 0).sum()),
        "borderline": int(between.sum()),
        "positives": int((label == 1).sum()),
    }
    ways = borderline_ways(label, between)
    outcomes = {
        VS_NEGATIVE: np.where(between, 1.0, np.where(label == 0, 0.0, np.nan)),
        VS_POSITIVE: np.where(between, 0.0, np.where(label == 1, 1.0, np.nan)),
        AS_POSITIVE: ways.positive,
        AS_NEGATIVE: ways.negative,
        LEFT_OUT: ways.left_out,
    }
    for statistic, outcome in outcomes.items():
        yield {"statistic": statistic, **counts, **_area(kept, outcome, level)}
    yield {"statistic": CALLED, **counts, **_called(kept[between], cutoff, level)}


def _area(kept: pd.DataFrame, outcome: np.ndarray, level: float) -> dict[str, Any]:
    known = ~np.isnan(outcome)
    used = kept[known]
    area = clustered_auc(outcome[known], used["value"].to_numpy(), used["patient"].to_numpy(), level).area
    method = "DeLong" if used["patient"].is_unique else "Obuchowski's clustered AUC"
    found = {"estimate": area.estimate, "lower": area.lower, "upper": area.upper, "reason": area.reason}
    return {"n": len(used), "method": method, **found}


def _called(borderline: pd.DataFrame, cutoff: float, level: float) -> dict[str, Any]:
    counts: dict[str, Any] = {"n": len(borderline)}
    if borderline.empty or np.isnan(cutoff):
        return counts | {"reason": NONE if borderline.empty else NO_CUTOFF}
    hits = (borderline["value"] >= cutoff).to_numpy()
    if borderline["patient"].is_unique:
        found = proportion(int(hits.sum()), len(hits), level)
        lower, upper = found.wilson
        return counts | {"estimate": found.estimate, "lower": lower, "upper": upper, "method": "Wilson", "reason": ""}
    share = robust_share(hits, borderline["patient"].to_numpy(), level)
    bounds = {"estimate": share.estimate, "lower": share.lower, "upper": share.upper, "reason": share.reason}
    return counts | bounds | {"method": ROBUST}
