"""Agreement of readers with one another, alone and with the model's help, and with themselves."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.readings import AIDED, ALONE, NEGATIVE, POSITIVE, category_scale
from sonomics.statistics.agreement.icc import icc21, icc21_interval
from sonomics.statistics.agreement.kappa import cohen_kappa, fleiss_kappa, jackknife_interval, pairwise_kappa
from sonomics.statistics.estimates import Estimate, Floats

COLUMNS = [
    "split", "between", "reader", "arm", "what", "statistic", "readers", "n", "estimate", "lower", "upper", "method",
    "reason",
]  # fmt: skip
READERS, SESSIONS = "readers", "sessions"
CHANGE = "aided minus alone"
DECISION, CATEGORY, SCORE = "decision", "category", "score"
FLEISS, PAIRS, WEIGHTED, COHEN = "Fleiss kappa", "mean pairwise kappa", "mean pairwise weighted kappa", "Cohen kappa"


def readers_agreement(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compute the agreement between readers of each arm, its change with help, and that of a reader's two sessions.

    Agreement needs no label: every case of the split counts that all readers of the arm have read.

    Parameters
    ----------
    rows : DataFrame
        From `join_readings`.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `COLUMNS`: `between` is "readers" or "sessions" (the first two of a reader); `what` is decision, category or
        score. Of categories the weighted kappa is linear over all that are in use. Intervals: Fleiss' by the t
        distribution over cases (Gwet 2008), mean pairwise kappa and changes by the jackknife over cases, Cohen's
        large-sample, ICC(2,1) by F.
    """
    scale = category_scale(rows["category"])
    table = []
    for split, in_split in rows.groupby("split", sort=False):
        firsts = in_split[in_split["first"]]
        for what, categories in ((DECISION, [NEGATIVE, POSITIVE]), (CATEGORY, scale)):
            statistics = [
                row
                for arm in (ALONE, AIDED)
                for row in _between_readers(_ratings(firsts, what, (arm,)), what, arm, categories, level)
            ]
            statistics += _change(firsts, what, categories, level)
            names = {"split": split, "between": READERS, "reader": "", "what": what}
            table += [{**names, **row} for row in statistics]
        sessions = _between_sessions(in_split, scale, level)
        table += [{"split": split, "between": SESSIONS, **row} for row in sessions]
    agreement = pd.DataFrame(table, columns=COLUMNS)
    return agreement.assign(reason=agreement["reason"].fillna(""))


def _ratings(firsts: pd.DataFrame, what: str, arms: tuple[str, ...]) -> pd.DataFrame:
    """Cross cases with (arm, reader), on the cases that all readers of these arms have read in all of them."""
    given = firsts[firsts["arm"].isin(arms) & (firsts[what] != "")]
    wide = given.pivot_table(index="case", columns=["arm", "reader"], values=what, aggfunc="first")
    in_all = wide.columns.get_level_values("reader").value_counts() if len(wide.columns) else pd.Series(dtype=int)
    shared = [pair for pair in wide.columns if in_all[pair[1]] == len(arms)]
    return wide[shared].dropna()


def _between_readers(
    ratings: pd.DataFrame, what: str, arm: str, scale: list[str], level: float
) -> Iterator[dict[str, Any]]:
    readers = ratings.shape[1]
    if not readers:
        return
    counts = {"arm": arm, "readers": readers, "n": len(ratings)}
    fleiss = fleiss_kappa(ratings.to_numpy(dtype=str), level)
    estimate = Estimate(fleiss.kappa, fleiss.lower, fleiss.upper, fleiss.se, fleiss.reason)
    yield counts | {"statistic": FLEISS, "method": "t over cases (Gwet)"} | _columns(estimate)
    for statistic, weights in _weightings(what):
        pairs = pairwise_kappa(ratings.to_numpy(dtype=str), scale, weights)
        left_out = f"; {pairs.undefined} of {pairs.pairs} pairs not estimable" if pairs.undefined else ""
        kappa = _jackknife(pairs.estimate, pairs.without, level, pairs.reason)
        yield counts | {"statistic": statistic, "method": f"jackknife over cases{left_out}"} | _columns(kappa)


def _change(firsts: pd.DataFrame, what: str, scale: list[str], level: float) -> Iterator[dict[str, Any]]:
    both = _ratings(firsts, what, (ALONE, AIDED))
    if both.empty:
        return
    for statistic, weights in _weightings(what):
        alone, aided = (pairwise_kappa(both[arm].to_numpy(dtype=str), scale, weights) for arm in (ALONE, AIDED))
        change = _jackknife(
            aided.estimate - alone.estimate, aided.without - alone.without, level, alone.reason or aided.reason
        )
        counts = {"arm": CHANGE, "readers": both[ALONE].shape[1], "n": len(both)}
        yield counts | {"statistic": statistic, "method": "jackknife over cases"} | _columns(change)


def _between_sessions(rows: pd.DataFrame, scale: list[str], level: float) -> Iterator[dict[str, Any]]:
    for (reader, arm), readings in rows.groupby(["reader", "arm"], sort=False):
        sessions = list(dict.fromkeys(readings["session"]))[:2]
        if len(sessions) < 2:
            continue
        names = {"reader": reader, "arm": arm, "readers": 1}
        first, second = (readings[readings["session"] == session].set_index("case") for session in sessions)
        for what in (DECISION, CATEGORY):
            ratings = _rated_twice(*(session[what].where(session[what] != "") for session in (first, second)))
            if not ratings.empty:
                yield names | {"what": what, "n": len(ratings)} | _cohen(ratings, what, scale, level)
        scores = _rated_twice(first["score"], second["score"])
        if len(scores) >= 2:
            yield names | {"what": SCORE, "n": len(scores)} | _icc(scores, level)


def _cohen(ratings: pd.DataFrame, what: str, scale: list[str], level: float) -> dict[str, Any]:
    first, second = (list(ratings[session]) for session in (0, 1))
    if what == CATEGORY:
        first, second = ([scale.index(category) for category in session] for session in (first, second))
        kappa = cohen_kappa(first, second, "linear", level, range(len(scale)))
        method = "large sample; linear weights"
    else:
        kappa = cohen_kappa(first, second, "none", level, [NEGATIVE, POSITIVE])
        method = "large sample"
    estimate = Estimate(kappa.estimate, kappa.lower, kappa.upper, kappa.se, kappa.reason)
    return {"statistic": COHEN, "method": method} | _columns(estimate)


def _icc(scores: pd.DataFrame, level: float) -> dict[str, Any]:
    lower, upper = icc21_interval(scores.to_numpy(), level)
    icc = float(icc21(scores.to_numpy()))
    estimate = Estimate(icc, float(lower), float(upper), reason="all scores are equal" if np.isnan(icc) else "")
    return {"statistic": "ICC(2,1)", "method": "F"} | _columns(estimate)


def _rated_twice(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    return pd.concat([first, second], axis=1, join="inner", keys=[0, 1]).dropna()


def _weightings(what: str) -> list[tuple[str, Any]]:
    return [(PAIRS, "none")] if what == DECISION else [(PAIRS, "none"), (WEIGHTED, "linear")]


def _jackknife(estimate: float, without: Floats, level: float, reason: str) -> Estimate:
    return Estimate(estimate, reason=reason) if reason else jackknife_interval(estimate, without, level)


def _columns(estimate: Estimate) -> dict[str, Any]:
    return {name: getattr(estimate, name) for name in ("estimate", "lower", "upper", "reason")}
