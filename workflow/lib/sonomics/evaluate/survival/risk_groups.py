"""The primary model's risk groups by its frozen cutoff: Kaplan-Meier curves, log-rank test, hazard ratio."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.tables.columns import concatenate
from sonomics.statistics.survival.cox import fit_cox
from sonomics.statistics.survival.kaplan_meier import kaplan_meier
from sonomics.statistics.survival.log_rank import log_rank

HIGH, LOW = "high", "low"
CURVE = ["time", "survival", "lower", "upper", "at_risk", "events", "censored"]
COLUMNS = "split n_high events_high n_low events_low hr lower upper p_logrank reason"


def cases_at_risk(samples: Samples) -> list[Scored]:
    """Select the primary model's cases with follow-up, which its cutoff puts at high or low risk; one sample per split.

    A case whose label is unknown because it was censored early is in: its follow-up still counts. Without a cutoff no
    case is in.
    """
    known = not np.isnan(samples.primary.cutoff)
    return [
        sample.followed if known else sample.where(np.zeros(sample.n, dtype=bool)) for sample in samples.primary_samples
    ]


def risk_groups(sample: Scored) -> Iterator[tuple[str, Scored]]:
    """Divide a sample into the cases at high and those at low risk."""
    yield HIGH, sample.where(sample.called)
    yield LOW, sample.where(~sample.called)


def kaplan_meier_table(at_risk: Sequence[Scored], level: float) -> pd.DataFrame:
    """List the steps of the Kaplan-Meier curves of both risk groups.

    Returns
    -------
    DataFrame
        `split, group, time, survival, lower, upper, at_risk, events, censored`; log-log bounds.
    """
    columns = ["split", "group", *CURVE]
    tables = []
    for sample in at_risk:
        for group, members in risk_groups(sample):
            if members.n:
                curve = kaplan_meier(members.time, members.event, level)
                steps = pd.DataFrame({name: getattr(curve, name) for name in CURVE})
                tables.append(steps.assign(split=sample.split, group=group)[columns])
    return concatenate(tables, columns)


def risk_group_table(at_risk: Sequence[Scored], level: float) -> pd.DataFrame:
    """Compare high with low risk in every split.

    Returns
    -------
    DataFrame
        `split, n_high, events_high, n_low, events_low, hr, lower, upper, p_logrank, reason`; the hazard ratio is that
        of a Cox model with the group alone.
    """
    rows = []
    for sample in at_risk:
        counts: dict[str, float | str] = {"split": sample.split}
        for group, members in risk_groups(sample):
            counts |= {f"n_{group}": members.n, f"events_{group}": int(members.event.sum())}
        rows.append(counts | _compare_groups(sample, level))
    return pd.DataFrame(rows, columns=COLUMNS.split())


def _compare_groups(sample: Scored, level: float) -> dict[str, float | str]:
    if len(np.unique(sample.called)) < 2:
        return {"reason": "no two risk groups"}
    high = pd.DataFrame({HIGH: sample.called.astype(float)})
    ratio = fit_cox(sample.time, sample.event, high, level).iloc[0]
    test = log_rank(sample.time, sample.event, np.where(sample.called, HIGH, LOW)).test
    result = {name: float(ratio[name]) for name in ("hr", "lower", "upper")}
    return {**result, "p_logrank": test.p, "reason": ratio["reason"] or test.reason}
