"""Several readers, several cases: what the model's help changes, and the readers' mean against the model."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sonomics.core.readings import AIDED, ALONE
from sonomics.evaluate.readers.readings import (
    ALL_READERS,
    MEASURES,
    Crossed,
    crossed,
    measured,
    uncertainty,
)
from sonomics.statistics.readers.mrmc import Contrast, reader_study, readers_against_model, single_treatment

AID = [
    "split", "scope", "name", "level", "measure", "readers", "n", "positives", "alone", "aided", "difference",
    "lower", "upper", "statistic", "df1", "df2", "p", "p_these_readers", "method", "reason",
]  # fmt: skip
AGAINST = [
    "split", "level", "arm", "measure", "readers", "n", "positives", "mean", "mean_lower", "mean_upper", "model",
    "difference", "lower", "upper", "t", "df", "p", "method", "reason",
]  # fmt: skip
OBUCHOWSKI_ROCKETTE = "Obuchowski-Rockette, Hillis' degrees of freedom"
NO_CASE = "no case is read by all of them"
NO_CUTOFF = "the model's threshold was not estimable on the training set"
READER, LEVEL, ALL = "reader", "level", "all"


class Group(NamedTuple):
    """Some readers of a split: one, those of a level, or all."""

    scope: str
    name: str
    level: str
    readers: list[str]


def readers_aid(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare reading with the model's help with reading alone: for every reader, level, and over all readers.

    Parameters
    ----------
    rows : DataFrame
        From `readings_of`.
    level : float

    Returns
    -------
    DataFrame
        `AID`: one row a split, group of readers and measure, on the cases that all of the group read both ways. A
        reader's difference is tested on the cases alone (z: DeLong, or the jackknife of shares); that of several by
        Obuchowski and Rockette (F), which carries over to other readers and cases; `p_these_readers` holds for these
        readers alone.
    """
    made: list[dict[str, Any]] = []
    for split, inside in rows.groupby("split", sort=False):
        for group in _groups(inside, (ALONE, AIDED)):
            head = {"split": split} | group._asdict() | {"readers": len(group.readers)}
            made += [head | {"measure": measure} | _aided(inside, group, measure, level) for measure in MEASURES]
    return _finished(made, AID)


def readers_mrmc(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the mean of all readers (its interval cut to 0 and 1) with the model on the same cases, in each arm.

    Returns
    -------
    DataFrame
        `AGAINST`: one row a split, arm and measure; `difference` is readers minus model. Readers and cases are random,
        the model is fixed (single treatment; Chakraborty 2017). `level` says "all readers".
    """
    return _against(rows, level, (ALL,))


def readers_levels(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Give the same for the readers of every level of experience: a row a split, level, arm and measure."""
    return _against(rows, level, (LEVEL,))


def _against(rows: pd.DataFrame, level: float, scopes: tuple[str, ...]) -> pd.DataFrame:
    made: list[dict[str, Any]] = []
    for (split, arm), inside in rows.groupby(["split", "arm"], sort=False):
        for group in _groups(inside, (str(arm),)):
            if group.scope in scopes:
                head = {"split": split, "level": group.level, "arm": arm, "readers": len(group.readers)}
                made += [
                    head | {"measure": measure} | _mean_and_model(inside, group, str(arm), measure, level)
                    for measure in MEASURES
                ]
    return _finished(made, AGAINST)


def _groups(inside: pd.DataFrame, arms: tuple[str, ...]) -> Iterator[Group]:
    """List every reader who has read in all arms, their levels, and all of them."""
    listed = inside.groupby("reader", sort=False).agg(level=("level", "first"), arms=("arm", "nunique"))
    both = listed[listed["arms"] >= len(arms)]
    for name, level in both["level"].items():
        yield Group(READER, str(name), level, [str(name)])
    for level, members in both.groupby("level", sort=False):
        yield Group(LEVEL, str(level), str(level), [str(name) for name in members.index])
    if len(both):
        yield Group(ALL, ALL_READERS, ALL_READERS, [str(name) for name in both.index])


def _aided(inside: pd.DataFrame, group: Group, measure: str, level: float) -> dict[str, float | str]:
    case = crossed(inside, group.readers, (ALONE, AIDED), measure)
    counts = _counts(case)
    if not case.y.size:
        return counts | {"reason": NO_CASE}
    estimates, covariance = measured(measure, case.y, case.readings, case.patients)
    study = reader_study(estimates.reshape(2, -1), covariance, level)
    alone, aided = study.estimates.mean(axis=1)
    errors = uncertainty(measure, case.patients)
    fixed = study.readers_fixed
    if group.scope == READER:
        return counts | {"alone": alone, "aided": aided} | _tested(fixed, f"{errors}, paired")
    tested = _tested(study.both_random, f"{OBUCHOWSKI_ROCKETTE} ({errors})")
    return counts | {"alone": alone, "aided": aided, **tested, "p_these_readers": fixed.p}


def _tested(found: Contrast, method: str) -> dict[str, float | str]:
    kept = ("difference", "lower", "upper", "statistic", "df1", "df2", "p", "reason")
    return {name: getattr(found, name) for name in kept} | {"method": method}


def _mean_and_model(inside: pd.DataFrame, group: Group, arm: str, measure: str, level: float) -> dict[str, float | str]:
    case = crossed(inside, group.readers, (arm,), measure)
    counts = _counts(case)
    if not case.y.size:
        return counts | {"reason": NO_CASE}
    errors = uncertainty(measure, case.patients)
    method = f"single treatment, {OBUCHOWSKI_ROCKETTE} ({errors})"
    known = not np.isnan(case.model).any()
    values = np.vstack([case.readings, case.model]) if known else case.readings
    estimates, covariance = measured(measure, case.y, values, case.patients)
    count = len(group.readers)
    mean = single_treatment(estimates[:count], covariance[:count, :count], level)
    lower, upper = np.clip([mean.lower, mean.upper], 0.0, 1.0)
    made = counts | {"mean": mean.estimate, "mean_lower": lower, "mean_upper": upper, "method": method}
    if not known:
        return made | {"reason": NO_CUTOFF}
    found = readers_against_model(estimates, covariance, level)
    compared = {"difference": found.difference, "lower": found.lower, "upper": found.upper, "t": found.statistic}
    return made | compared | {"model": estimates[-1], "df": found.df2, "p": found.p, "reason": found.reason}


def _counts(case: Crossed) -> dict[str, float | str]:
    return {"n": case.y.size, "positives": int(case.y.sum())}


def _finished(made: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(made, columns=columns)
    return table.assign(**{name: table[name].fillna("") for name in ("method", "reason")})
