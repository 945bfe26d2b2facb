"""How long cases were followed, and how long each risk group stayed free of the event."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sonomics.evaluate.samples.scored import Scored
from sonomics.evaluate.survival.risk_groups import risk_groups
from sonomics.evaluate.tables.entries import NAN, Entry, estimate_entry
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, median_follow_up, survival_at

COLUMNS = "split group statistic horizon estimate lower upper n events method reason"


def follow_up_table(at_risk: Sequence[Scored], horizons: Sequence[float], level: float) -> pd.DataFrame:
    """Summarise follow-up in every split and risk group.

    Parameters
    ----------
    at_risk : sequence of Scored
        From `cases_at_risk`.
    horizons : sequence of float
        Months.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `split, group, statistic, horizon, estimate, lower, upper, n, events, method, reason`; group "all", "high" or
        "low". `median_follow_up` (months, reverse Kaplan-Meier), `median_survival` (months), `survival` at each
        horizon (share free of the event).
    """
    rows = []
    for sample in at_risk:
        for group, members in [("all", sample), *risk_groups(sample)]:
            identity = {"split": sample.split, "group": group, "n": members.n, "events": int(members.event.sum())}
            for horizon, entry in _summarise(members, horizons, level):
                rows.append({**identity, "horizon": horizon, **entry._asdict()})
    return pd.DataFrame(rows, columns=COLUMNS.split())


def _summarise(members: Scored, horizons: Sequence[float], level: float) -> Iterator[tuple[float, Entry]]:
    if not members.n:
        yield NAN, Entry("median_follow_up", NAN, reason="no case")
        return
    follow_up = median_follow_up(members.time, members.event, level)
    yield NAN, estimate_entry("median_follow_up", follow_up, "reverse Kaplan-Meier")
    curve = kaplan_meier(members.time, members.event, level)
    yield NAN, estimate_entry("median_survival", curve.median, "Kaplan-Meier, log-log")
    for row in survival_at(curve, list(horizons)).to_dict("records"):
        reason = "follow-up ends before it" if np.isnan(row["survival"]) else ""
        bounds = (row["survival"], row["lower"], row["upper"])
        yield row["time"], Entry("survival", *bounds, method="Kaplan-Meier, log-log", reason=reason)
