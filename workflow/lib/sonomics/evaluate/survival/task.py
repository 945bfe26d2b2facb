"""How well the final models of a survival task do: concordance, and predicted against observed risk at horizons."""

from typing import Any

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.cases import value_column
from sonomics.evaluate.samples.models import Model
from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.survival.horizons import horizon_tables, read_risk
from sonomics.evaluate.tables.columns import Tables
from sonomics.evaluate.tables.entries import Entry, estimate_entry, number_entry
from sonomics.statistics.survival.concordance import harrell_c
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, median_follow_up, survival_at

COLUMNS = "model split statistic estimate lower upper df p method n positives unit reason"
AT_HORIZONS = "model split horizon predicted observed lower upper n events reason"
EVENT_WORDS, GROUP_WORDS = {1.0: "event", 0.0: "censored"}, ("low risk", "high risk")
NOT_FOLLOWED = "no case with follow-up and risk"


def survival_task_tables(context: Context) -> Tables:
    """Make the tables of a survival task, next to those of follow-up that every study with follow-up has.

    Returns
    -------
    dict
        `performance`, with the columns of binary tasks: `auc` is Harrell's concordance (infinitesimal jackknife),
        `threshold` the frozen cutpoint, `median_follow_up` in months (reverse Kaplan-Meier) and `person_time` in
        months; positives are events. `task_follow_up`: mean predicted and observed (Kaplan-Meier, log-log interval)
        share with the event by each horizon. Those of `horizon_tables`.
    """
    rows: list[dict[str, Any]] = []
    at_horizons: list[dict[str, Any]] = []
    unit = "patient" if context.samples.cases["patient"].is_unique else "case"
    for sample in context.samples:
        followed = sample.followed
        names = {"model": sample.model.name, "split": sample.split}
        counts = {"n": followed.n, "positives": int(followed.event.sum()), "unit": unit}
        rows += [{**names, **entry._asdict(), **counts} for entry in _entries(sample, followed, context.settings.level)]
        at_horizons += [
            {**names, **_compare(followed, horizon, context.settings.level)}
            for horizon in context.settings.horizons or []
        ]
    return {
        "performance": pd.DataFrame(rows)[COLUMNS.split()],
        "task_follow_up": pd.DataFrame(at_horizons, columns=AT_HORIZONS.split()),
        **horizon_tables(context),
    }


def group_cases(cases: pd.DataFrame, models: list[Model]) -> pd.DataFrame:
    """Add to the cases what was seen in words, and the risk group of every model by its frozen cutpoint.

    Returns
    -------
    DataFrame
        With `true` and `<model>__decided`; "" where unknown.
    """
    decided: dict[str, Any] = {"true": cases["label"].map(EVENT_WORDS).fillna("")}
    for model in models:
        risk = cases[value_column(model.name, model.on)]
        groups = np.where(risk >= model.cutoff, GROUP_WORDS[1], GROUP_WORDS[0])
        decided[f"{model.name}__decided"] = np.where(risk.isna() | np.isnan(model.cutoff), "", groups)
    return cases.assign(**decided)


def _entries(sample: Scored, followed: Scored, level: float) -> list[Entry]:
    unknown = [
        number_entry("threshold", sample.model.cutoff, sample.model.rule, "no cutpoint could be frozen"),
        Entry("unknown_label", int(np.isnan(sample.y).sum())),
        Entry("unscored", int((~sample.is_scored).sum())),
    ]
    if not followed.n:
        return [number_entry("auc", np.nan, reason=NOT_FOLLOWED), *unknown]
    concordance = harrell_c(followed.time, followed.event, followed.value, level)
    length = median_follow_up(followed.time, followed.event, level)
    return [
        estimate_entry("auc", concordance, "Harrell, infinitesimal jackknife"),
        *unknown,
        estimate_entry("median_follow_up", length, "reverse Kaplan-Meier"),
        Entry("person_time", float(followed.time.sum())),
    ]


def _compare(followed: Scored, horizon: float, level: float) -> dict[str, Any]:
    counts = {"horizon": horizon, "n": followed.n, "events": int(followed.event.sum())}
    predicted = pd.Series(read_risk(followed, horizon)).mean()
    if not followed.n:
        return {**counts, "predicted": predicted, "reason": NOT_FOLLOWED}
    row = survival_at(kaplan_meier(followed.time, followed.event, level), [horizon]).iloc[0]
    reason = "follow-up ends before it" if np.isnan(row["survival"]) else ""
    bounds = {"observed": 1 - row["survival"], "lower": 1 - row["upper"], "upper": 1 - row["lower"]}
    return {**counts, "predicted": predicted, **bounds, "reason": reason}
