"""A borderline class, between negative and positive, evaluated as a class of its own."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.settings.evaluate import Borderline
from sonomics.core.words import canonical, canonical_column
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import ROBUST, estimate_clustered_share
from sonomics.statistics.classification.borderline import resolve_borderline
from sonomics.statistics.classification.proportion import proportion
from sonomics.statistics.discrimination.clustered_auc import clustered_auc
from sonomics.statistics.estimates import Booleans, Floats

COLUMNS = [
    "model", "split", "statistic", "n", "negatives", "borderline", "positives", "estimate", "lower", "upper", "method",
    "reason",
]  # fmt: skip
VS_NEGATIVE, VS_POSITIVE, CALLED = "auc_borderline_vs_negative", "auc_positive_vs_borderline", "called_positive"
AS_POSITIVE, AS_NEGATIVE, LEFT_OUT = "auc_as_positive", "auc_as_negative", "auc_left_out"
NO_CUTOFF = "the threshold was not estimable on the training set"
NO_CASE = "no borderline case"


def borderline_tables(context: Context) -> Tables:
    """Make the table of the class that `evaluate.borderline` names."""
    settings = context.settings
    assert settings.borderline is not None
    return {"borderline": borderline_table(context.samples, settings.borderline, settings.level)}


def borderline_table(samples: Samples, settings: Borderline, level: float) -> pd.DataFrame:
    """Compare the borderline class with the other two, and count how many of it are called positive.

    Parameters
    ----------
    samples : Samples
        With the column that the settings name.
    settings : Borderline
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        One row per model, split and statistic: the AUC of borderline (as the positive class) against negative, that of
        positive against borderline, the share of borderline called positive at the frozen threshold, and the task's AUC
        with borderline as positive, as negative and left out. A borderline case counts whatever its label says.

    Raises
    ------
    StudyError
        When no case has the value.
    """
    column = samples.cases[settings.column]
    if not _is_borderline(column, settings).any():
        rule = f"no case has {settings.value!r} in the column {settings.column}"
        raise StudyError("params.yaml, evaluate.borderline", rule, "name one of its values")
    rows = []
    for sample in samples:
        borderline = _is_borderline(sample.rows[settings.column], settings)
        used = (borderline | ~np.isnan(sample.y)) & sample.is_scored
        names = {"model": sample.model.name, "split": sample.split}
        rows += [{**names, **row} for row in _statistics(sample.where(used), borderline[used], level)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _is_borderline(column: pd.Series, settings: Borderline) -> Booleans:
    return np.asarray(canonical_column(column) == canonical(settings.value), dtype=np.bool_)


def _statistics(sample: Scored, borderline: Booleans, level: float) -> Iterator[dict[str, Any]]:
    label = np.where(borderline, np.nan, sample.y)
    counts = {
        "negatives": int((label == 0).sum()),
        "borderline": int(borderline.sum()),
        "positives": int((label == 1).sum()),
    }
    ways = resolve_borderline(label, borderline)
    outcomes = {
        VS_NEGATIVE: np.where(borderline, 1.0, np.where(label == 0, 0.0, np.nan)),
        VS_POSITIVE: np.where(borderline, 0.0, np.where(label == 1, 1.0, np.nan)),
        AS_POSITIVE: ways.positive,
        AS_NEGATIVE: ways.negative,
        LEFT_OUT: ways.left_out,
    }
    for statistic, outcome in outcomes.items():
        yield {"statistic": statistic, **counts, **_auc(sample, outcome, level)}
    yield {"statistic": CALLED, **counts, **_share_called_positive(sample.where(borderline), level)}


def _auc(sample: Scored, outcome: Floats, level: float) -> dict[str, Any]:
    known = ~np.isnan(outcome)
    used = sample.where(known)
    area = clustered_auc(outcome[known], used.value, used.clusters, level).area
    method = "DeLong" if used.has_independent_cases else "Obuchowski's clustered AUC"
    estimate = {"estimate": area.estimate, "lower": area.lower, "upper": area.upper, "reason": area.reason}
    return {"n": used.n, "method": method, **estimate}


def _share_called_positive(borderline: Scored, level: float) -> dict[str, Any]:
    count: dict[str, Any] = {"n": borderline.n}
    if not borderline.n:
        return count | {"reason": NO_CASE}
    if np.isnan(borderline.model.cutoff):
        return count | {"reason": NO_CUTOFF}
    if borderline.has_independent_cases:
        share = proportion(int(borderline.called.sum()), borderline.n, level)
        lower, upper = share.wilson
        return count | {"estimate": share.estimate, "lower": lower, "upper": upper, "method": "Wilson", "reason": ""}
    estimate = estimate_clustered_share(borderline.called, borderline.clusters, level)
    bounds = {"estimate": estimate.estimate, "lower": estimate.lower, "upper": estimate.upper}
    return count | bounds | {"reason": estimate.reason, "method": ROBUST}
