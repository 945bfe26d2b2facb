"""How far readers agree with one another, alone and with the model's help, and with themselves."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.readings import AIDED, ALONE, NEGATIVE, POSITIVE, category_scale
from sonomics.statistics.agreement.icc import icc21, icc21_interval
from sonomics.statistics.agreement.kappa import cohen_kappa, fleiss_kappa, jackknifed, pairwise_kappa
from sonomics.statistics.estimates import Estimate

COLUMNS = [
    "split", "between", "reader", "arm", "what", "statistic", "readers", "n", "estimate", "lower", "upper", "method",
    "reason",
]  # fmt: skip
READERS, SESSIONS = "readers", "sessions"
CHANGE = "aided minus alone"
DECISION, CATEGORY, SCORE = "decision", "category", "score"
FLEISS, PAIRS, WEIGHTED, COHEN = "Fleiss kappa", "mean pairwise kappa", "mean pairwise weighted kappa", "Cohen kappa"


def readers_agreement(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give the agreement between readers of each arm, its change with help, and that of each reader's two sessions.

    Agreement needs no label: every case of the split counts that all readers of the arm have read.

    Parameters
    ----------
    rows : DataFrame
        From `readings_of`.
    level : float

    Returns
    -------
    DataFrame
        `COLUMNS`: `between` is "readers" or "sessions" (the first two of a reader); `what` is decision, category or
        score. Of categories the weighted kappa is linear over all that are in use. Intervals: Fleiss' by the t
        distribution over cases (Gwet 2008), mean pairwise kappa and changes by the jackknife over cases, Cohen's
        large-sample, ICC(2,1) by F.
    """
    scale = category_scale(rows["category"])
    made = []
    for split, inside in rows.groupby("split", sort=False):
        firsts = inside[inside["first"]]
        for what, categories in ((DECISION, [NEGATIVE, POSITIVE]), (CATEGORY, scale)):
            ratings = {arm: _ratings(firsts, what, (arm,)) for arm in (ALONE, AIDED)}
            found = [row for arm, table in ratings.items() for row in _between(table, what, arm, categories, level)]
            found += _change(firsts, what, categories, level)
            made += [{"split": split, "between": READERS, "reader": "", "what": what, **row} for row in found]
        made += [{"split": split, "between": SESSIONS, **row} for row in _within(inside, scale, level)]
    table = pd.DataFrame(made, columns=COLUMNS)
    return table.assign(reason=table["reason"].fillna(""))


def _ratings(firsts: pd.DataFrame, what: str, arms: tuple[str, ...]) -> pd.DataFrame:
    """Cross cases with (arm, reader), on the cases that all readers of these arms have read in all of them."""
    given = firsts[firsts["arm"].isin(arms) & (firsts[what] != "")]
    wide = given.pivot_table(index="case", columns=["arm", "reader"], values=what, aggfunc="first")
    in_all = wide.columns.get_level_values("reader").value_counts() if len(wide.columns) else pd.Series(dtype=int)
    shared = [pair for pair in wide.columns if in_all[pair[1]] == len(arms)]
    return wide[shared].dropna()


def _between(ratings: pd.DataFrame, what: str, arm: str, scale: list[str], level: float) -> Iterator[dict[str, Any]]:
    readers = ratings.shape[1]
    if not readers:
        return
    counts = {"arm": arm, "readers": readers, "n": len(ratings)}
    fleiss = fleiss_kappa(ratings.to_numpy(dtype=str), level)
    estimate = Estimate(fleiss.kappa, fleiss.lower, fleiss.upper, fleiss.se, fleiss.reason)
    yield counts | {"statistic": FLEISS, "method": "t over cases (Gwet)"} | _stated(estimate)
    for statistic, weights in _kinds(what):
        pairs = pairwise_kappa(ratings.to_numpy(dtype=str), scale, weights)
        left_out = f"; {pairs.undefined} of {pairs.pairs} pairs not estimable" if pairs.undefined else ""
        one = _bounded(pairs.estimate, pairs.without, level, pairs.reason)
        yield counts | {"statistic": statistic, "method": f"jackknife over cases{left_out}"} | _stated(one)


def _change(firsts: pd.DataFrame, what: str, scale: list[str], level: float) -> Iterator[dict[str, Any]]:
    both = _ratings(firsts, what, (ALONE, AIDED))
    if both.empty:
        return
    for statistic, weights in _kinds(what):
        alone, aided = (pairwise_kappa(both[arm].to_numpy(dtype=str), scale, weights) for arm in (ALONE, AIDED))
        change = _bounded(
            aided.estimate - alone.estimate, aided.without - alone.without, level, alone.reason or aided.reason
        )
        counts = {"arm": CHANGE, "readers": both[ALONE].shape[1], "n": len(both)}
        yield counts | {"statistic": statistic, "method": "jackknife over cases"} | _stated(change)


def _within(inside: pd.DataFrame, scale: list[str], level: float) -> Iterator[dict[str, Any]]:
    for (reader, arm), rows in inside.groupby(["reader", "arm"], sort=False):
        sessions = list(dict.fromkeys(rows["session"]))[:2]
        if len(sessions) < 2:
            continue
        head = {"reader": reader, "arm": arm, "readers": 1}
        first, second = (rows[rows["session"] == session].set_index("case") for session in sessions)
        for what in (DECISION, CATEGORY):
            given = _twice(*(one[what].where(one[what] != "") for one in (first, second)))
            if given.empty:
                continue
            weights, method = (
                ("none", "large sample") if what == DECISION else ("linear", "large sample; linear weights")
            )
            code = [[scale.index(word) if what == CATEGORY else word for word in given[side]] for side in (0, 1)]
            every = range(len(scale)) if what == CATEGORY else [NEGATIVE, POSITIVE]
            kappa = cohen_kappa(code[0], code[1], weights, level, every)  # type: ignore[arg-type]
            one = Estimate(kappa.estimate, kappa.lower, kappa.upper, kappa.se, kappa.reason)
            yield head | {"what": what, "statistic": COHEN, "n": len(given), "method": method} | _stated(one)
        yield from _scores(_twice(first["score"], second["score"]), head, level)


def _scores(given: pd.DataFrame, head: dict[str, Any], level: float) -> Iterator[dict[str, Any]]:
    if len(given) < 2:
        return
    lower, upper = icc21_interval(given.to_numpy(), level)
    icc = float(icc21(given.to_numpy()))
    one = Estimate(icc, float(lower), float(upper), reason="all scores are equal" if np.isnan(icc) else "")
    yield head | {"what": SCORE, "statistic": "ICC(2,1)", "n": len(given), "method": "F"} | _stated(one)


def _twice(first: pd.Series, second: pd.Series) -> pd.DataFrame:
    return pd.concat([first, second], axis=1, join="inner", keys=[0, 1]).dropna()


def _kinds(what: str) -> list[tuple[str, Any]]:
    return [(PAIRS, "none")] if what == DECISION else [(PAIRS, "none"), (WEIGHTED, "linear")]


def _bounded(estimate: float, without: np.ndarray, level: float, reason: str) -> Estimate:
    return Estimate(estimate, reason=reason) if reason else jackknifed(estimate, without, level)


def _stated(one: Estimate) -> dict[str, Any]:
    return {"estimate": one.estimate, "lower": one.lower, "upper": one.upper, "reason": one.reason}
