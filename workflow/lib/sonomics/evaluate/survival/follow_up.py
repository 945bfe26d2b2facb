"""How long cases were followed, how long each risk group stayed free, and what the Cox models and cutoff rest on."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sonomics.core.schemas import TRAIN
from sonomics.evaluate.cases import Model, values_of
from sonomics.evaluate.entries import NAN, Entry, estimated
from sonomics.evaluate.survival.risk_groups import HIGH, LOW, followed_cases
from sonomics.statistics.survival.cox_tests import proportional_hazards
from sonomics.statistics.survival.cutpoint import maximally_selected
from sonomics.statistics.survival.kaplan_meier import kaplan_meier, median_follow_up, survival_at
from sonomics.statistics.survival.log_rank import log_rank

FOLLOW_UP = "split group statistic horizon estimate lower upper n events method reason"
PROPORTIONAL = "split term chi2 df p n events method reason"
CUTPOINT = "split model cutpoint statistic p p_asymptotic n_high n_low n events method reason"
SCORE_TEST = "score test, Kaplan-Meier scale of time (Grambsch and Therneau 1994)"
CHOSEN = "maximally selected log-rank statistic; P pays for the choice (Lausen and Schumacher 1994; 1992)"
CARRIED = "log-rank test at the cutpoint of training"


def follow_up_table(
    groups: pd.DataFrame, splits: Sequence[str], horizons: Sequence[float], level: float
) -> pd.DataFrame:
    """Summarise follow-up in every split and risk group.

    Parameters
    ----------
    groups : DataFrame
        From `risk_groups`.
    splits : sequence of str
    horizons : sequence of float
        Months.
    level : float

    Returns
    -------
    DataFrame
        `split, group, statistic, horizon, estimate, lower, upper, n, events, method, reason`; group "all", "high" or
        "low". `median_follow_up` (months, reverse Kaplan-Meier), `median_survival` (months), `survival` at each
        horizon (share free of the event).
    """
    rows = []
    for split in splits:
        inside = groups[groups["split"] == split]
        parts = {"all": inside, **{name: inside[inside["group"] == name] for name in (HIGH, LOW)}}
        for name, members in parts.items():
            counts = {"split": split, "group": name, "n": len(members), "events": int(members["event"].sum())}
            for horizon, entry in _summary(members, horizons, level):
                rows.append({**counts, "horizon": horizon, **entry._asdict()})
    return pd.DataFrame(rows, columns=FOLLOW_UP.split())


def proportional_table(cases: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """Test of every term of the multivariable Cox model whether its hazard ratio changes with time.

    Parameters
    ----------
    cases : DataFrame
        With follow-up known.
    terms : DataFrame
        The terms of `cox_table`, of the same rows; incomplete rows are left out.

    Returns
    -------
    DataFrame
        `split, term, chi2, df, p, n, events, method, reason`; the term GLOBAL tests all together. A small P speaks
        against proportional hazards; a large one does not prove them.
    """
    tables = []
    for split, inside in cases.groupby("split", sort=False):
        own = terms.loc[inside.index]
        used = inside[own.notna().all(axis=1)]
        about = {"split": split, "n": len(used), "events": int(used["event"].sum()), "method": SCORE_TEST}
        if about["events"]:
            found = proportional_hazards(used["time"], used["event"], own.loc[used.index])
            found = found.rename_axis("term").reset_index()
        else:
            found = pd.DataFrame({"term": [*own.columns, "GLOBAL"]}).assign(chi2=NAN, df=NAN, p=NAN, reason="no event")
        tables.append(found.assign(**about)[PROPORTIONAL.split()])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=PROPORTIONAL.split())


def cutpoint_table(cases: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Choose the cutpoint of the score that parts training survival best, and carry it to the other splits.

    Returns
    -------
    DataFrame
        `split, model, cutpoint, statistic, p, p_asymptotic, n_high, n_low, n, events, method, reason`. In training the
        maximally selected statistic with P corrected for the choice; elsewhere the log-rank chi-square at that
        cutpoint, chosen without these cases. High is above the cutpoint.
    """
    followed = followed_cases(cases, model)
    training = followed[followed["split"] == TRAIN]
    found = _choice(training, model)
    rows = []
    for split, inside in followed.groupby("split", sort=False):
        high = values_of(inside, model.judged) > float(found["cutpoint"])
        counts = {"n_high": int(high.sum()), "n_low": int((~high).sum()), "n": len(inside)}
        head = {"split": split, "model": model.name, **counts, "events": int(inside["event"].sum())}
        rows.append({**head, **(found if split == TRAIN else _carried(inside, high, found))})
    return pd.DataFrame(rows, columns=CUTPOINT.split())


def _choice(training: pd.DataFrame, model: Model) -> dict[str, float | str]:
    if training.empty:
        return {"cutpoint": NAN, "method": CHOSEN, "reason": "no training case with follow-up and score"}
    found = maximally_selected(training["time"], training["event"], values_of(training, model.judged))
    values = {"cutpoint": found.cutpoint, "statistic": found.statistic, "p": found.p_1994, "p_asymptotic": found.p_1992}
    return {**values, "method": CHOSEN, "reason": found.reason}


def _carried(inside: pd.DataFrame, high: np.ndarray, found: dict[str, float | str]) -> dict[str, float | str]:
    if np.isnan(float(found["cutpoint"])):
        return {"cutpoint": NAN, "method": CARRIED, "reason": "training gives no cutpoint"}
    test = log_rank(inside["time"], inside["event"], high).test
    values = {"cutpoint": found["cutpoint"], "statistic": test.statistic, "p": test.p}
    return {**values, "method": CARRIED, "reason": test.reason}


def _summary(members: pd.DataFrame, horizons: Sequence[float], level: float) -> Iterator[tuple[float, Entry]]:
    if members.empty:
        yield NAN, Entry("median_follow_up", NAN, reason="no case")
        return
    time, event = members["time"], members["event"]
    yield NAN, estimated("median_follow_up", median_follow_up(time, event, level), "reverse Kaplan-Meier")
    curve = kaplan_meier(time, event, level)
    yield NAN, estimated("median_survival", curve.median, "Kaplan-Meier, log-log")
    for row in survival_at(curve, list(horizons)).to_dict("records"):
        reason = "follow-up ends before it" if np.isnan(row["survival"]) else ""
        bounds = (row["survival"], row["lower"], row["upper"])
        yield row["time"], Entry("survival", *bounds, method="Kaplan-Meier, log-log", reason=reason)
