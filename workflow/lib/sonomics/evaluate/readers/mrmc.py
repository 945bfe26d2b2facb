"""Multi-reader multi-case analysis: what the model's help changes, and the readers' mean against the model."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sonomics.core.readings import AIDED, ALONE
from sonomics.evaluate.readers.readings import (
    ALL_READERS,
    MEASURES,
    Crossed,
    covariance_name,
    cross_readings,
    estimate_measure,
)
from sonomics.statistics.readers.mrmc import (
    Contrast,
    analyse_reader_study,
    compare_readers_with_model,
    mean_over_readers,
)

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
        From `join_readings`.
    level : float
        Confidence level.

    Returns
    -------
    DataFrame
        `AID`: one row per split, group of readers and measure, on the cases that all of the group read both ways. A
        reader's difference is tested on the cases alone (z: DeLong, or the jackknife of shares); that of several by
        Obuchowski and Rockette (F), which carries over to other readers and cases; `p_these_readers` holds for these
        readers alone.
    """
    table: list[dict[str, Any]] = []
    for split, in_split in rows.groupby("split", sort=False):
        for group in group_readers(in_split, (ALONE, AIDED)):
            shared = {"split": split} | group._asdict() | {"readers": len(group.readers)}
            for measure in MEASURES:
                table.append(shared | {"measure": measure} | _compare_arms(in_split, group, measure, level))
    return _build_table(table, AID)


def readers_mrmc(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the mean of all readers (its interval cut to 0 and 1) with the model on the same cases, in each arm.

    Returns
    -------
    DataFrame
        `AGAINST`: one row per split, arm and measure; `difference` is readers minus model. Readers and cases are
        random, the model is fixed (single treatment; Chakraborty 2017). `level` says "all readers".
    """
    return _against_model(rows, level, ALL)


def readers_levels(rows: pd.DataFrame, level: float) -> pd.DataFrame:
    """Compare the same for the readers of every level of experience: one row per split, level, arm and measure."""
    return _against_model(rows, level, LEVEL)


def _against_model(rows: pd.DataFrame, level: float, scope: str) -> pd.DataFrame:
    table: list[dict[str, Any]] = []
    for (split, arm), in_arm in rows.groupby(["split", "arm"], sort=False):
        for group in group_readers(in_arm, (str(arm),)):
            if group.scope == scope:
                shared = {"split": split, "level": group.level, "arm": arm, "readers": len(group.readers)}
                for measure in MEASURES:
                    row = _compare_with_model(in_arm, group, str(arm), measure, level)
                    table.append(shared | {"measure": measure} | row)
    return _build_table(table, AGAINST)


def group_readers(rows: pd.DataFrame, arms: tuple[str, ...]) -> Iterator[Group]:
    """Yield every reader who has read in all arms, their levels, and all of them."""
    readers = rows.groupby("reader", sort=False).agg(level=("level", "first"), arms=("arm", "nunique"))
    in_all = readers[readers["arms"] >= len(arms)]
    for name, level in in_all["level"].items():
        yield Group(READER, str(name), level, [str(name)])
    for level, members in in_all.groupby("level", sort=False):
        yield Group(LEVEL, str(level), str(level), [str(name) for name in members.index])
    if len(in_all):
        yield Group(ALL, ALL_READERS, ALL_READERS, [str(name) for name in in_all.index])


def _compare_arms(rows: pd.DataFrame, group: Group, measure: str, level: float) -> dict[str, float | str]:
    crossed = cross_readings(rows, group.readers, (ALONE, AIDED), measure)
    counts = _counts(crossed)
    if not crossed.y.size:
        return counts | {"reason": NO_CASE}
    estimates, covariance = estimate_measure(measure, crossed.y, crossed.readings, crossed.patients)
    study = analyse_reader_study(estimates.reshape(2, -1), covariance, level)
    alone, aided = study.estimates.mean(axis=1)
    errors = covariance_name(measure, crossed.patients)
    fixed = study.readers_fixed
    if group.scope == READER:
        return counts | {"alone": alone, "aided": aided} | _contrast_columns(fixed, f"{errors}, paired")
    contrast = _contrast_columns(study.both_random, f"{OBUCHOWSKI_ROCKETTE} ({errors})")
    return counts | {"alone": alone, "aided": aided, **contrast, "p_these_readers": fixed.p}


def _contrast_columns(contrast: Contrast, method: str) -> dict[str, float | str]:
    names = ("difference", "lower", "upper", "statistic", "df1", "df2", "p", "reason")
    return {name: getattr(contrast, name) for name in names} | {"method": method}


def _compare_with_model(
    rows: pd.DataFrame, group: Group, arm: str, measure: str, level: float
) -> dict[str, float | str]:
    crossed = cross_readings(rows, group.readers, (arm,), measure)
    counts = _counts(crossed)
    if not crossed.y.size:
        return counts | {"reason": NO_CASE}
    errors = covariance_name(measure, crossed.patients)
    method = f"single treatment, {OBUCHOWSKI_ROCKETTE} ({errors})"
    known = not np.isnan(crossed.model).any()
    values = np.vstack([crossed.readings, crossed.model]) if known else crossed.readings
    estimates, covariance = estimate_measure(measure, crossed.y, values, crossed.patients)
    count = len(group.readers)
    mean = mean_over_readers(estimates[:count], covariance[:count, :count], level)
    lower, upper = np.clip([mean.lower, mean.upper], 0.0, 1.0)
    row = counts | {"mean": mean.estimate, "mean_lower": lower, "mean_upper": upper, "method": method}
    if not known:
        return row | {"reason": NO_CUTOFF}
    result = compare_readers_with_model(estimates, covariance, level)
    difference = {"difference": result.difference, "lower": result.lower, "upper": result.upper, "t": result.statistic}
    return row | difference | {"model": estimates[-1], "df": result.df2, "p": result.p, "reason": result.reason}


def _counts(crossed: Crossed) -> dict[str, float | str]:
    return {"n": crossed.y.size, "positives": int(crossed.y.sum())}


def _build_table(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(**{name: table[name].fillna("") for name in ("method", "reason")})
