"""The primary model's AUC in every subgroup, with the test of the interaction."""

from collections.abc import Hashable, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from sonomics.core.errors import StudyError
from sonomics.core.schemas import SCREENED, TRAIN
from sonomics.core.tables import read_table
from sonomics.evaluate.accuracy.auc import OBUCHOWSKI
from sonomics.evaluate.samples.scored import Samples, Scored
from sonomics.evaluate.study.context import Context
from sonomics.evaluate.tables.columns import Tables, adjust_by_holm
from sonomics.statistics.comparison.subgroups import auc_by_subgroup, auc_heterogeneity
from sonomics.statistics.discrimination.clustered_auc import clustered_auc
from sonomics.statistics.estimates import SignificanceTest

CENTRE, DEVICE = "centre", "device"
LEVELS, MEDIAN = "levels", "median"
UNKNOWN = "unknown"
OVERALL = "all"
COLUMNS = "split variable level n positives estimate lower upper p_interaction p_holm df method reason"

Row = dict[Hashable, Any]


def subgroup_tables(context: Context) -> Tables:
    """Make the table of subgroups."""
    settings = context.settings
    subgroups = assign_subgroups_of(context)
    return {"subgroups": subgroup_table(context.samples, subgroups, settings.level, settings.fewest)}


def assign_subgroups_of(context: Context) -> pd.DataFrame:
    """Assign the cases to the subgroups that the study names, by centre and by scanner."""
    devices = device_of_cases(read_table(context.files.images, SCREENED))
    return assign_subgroups(context.samples.cases, devices, context.settings.subgroups)


def assign_subgroups(cases: pd.DataFrame, devices: pd.Series, cuts: Mapping[str, Any]) -> pd.DataFrame:
    """Assign every case to a subgroup of every variable.

    Parameters
    ----------
    cases : DataFrame
        From `join_scores`.
    devices : Series of str, indexed by case
        From `device_of_cases`.
    cuts : mapping of str to ("levels", "median" or list of float)
        Column to how it is cut: as its own levels, at the median of training, or at these points.

    Returns
    -------
    DataFrame
        One column per variable, centre and device first; text, None where unknown. In the order of `cases`.

    Raises
    ------
    StudyError
        When a column to be cut is not numeric.
    """
    variables = {CENTRE: cases["centre"], DEVICE: cases["case"].map(devices)}
    for name, cut in cuts.items():
        values = cases[name]
        if cut == LEVELS:
            variables[name] = values.map(_text, na_action="ignore")
            continue
        if not pd.api.types.is_numeric_dtype(values):
            where = f"params.yaml, evaluate.subgroups.{name}"
            raise StudyError(where, "the column is text and cannot be cut", f"write `{name}: {LEVELS}`")
        points = [float(values[cases["split"] == TRAIN].median())] if cut == MEDIAN else sorted(map(float, cut))
        variables[name] = _cut(values.astype(float), [point for point in points if not np.isnan(point)])
    return pd.DataFrame(variables)


def device_of_cases(images: pd.DataFrame) -> pd.Series:
    """Find the scanner of every case from its kept images; "several" where there are more than one.

    Parameters
    ----------
    images : DataFrame
        With `case, device, keep`.

    Returns
    -------
    Series of str, indexed by case
        Without cases whose scanner is unknown.
    """
    kept = images[images["keep"] & (images["device"] != "")]
    names = kept.groupby("case")["device"].unique()
    return names.map(lambda devices: devices[0] if len(devices) == 1 else "several")


def subgroup_table(samples: Samples, subgroups: pd.DataFrame, level: float, fewest: int) -> pd.DataFrame:
    """Compute the primary model's AUC in every level of every variable.

    Parameters
    ----------
    samples : Samples
    subgroups : DataFrame
        From `assign_subgroups`.
    level : float
        Confidence level.
    fewest : int
        Positives and negatives that a level needs.

    Returns
    -------
    DataFrame
        `split, variable, level, n, positives, estimate, lower, upper, p_interaction, p_holm, df, method, reason`.
        DeLong's interval; where a patient has several cases Obuchowski's. "too few" below `fewest` positives or
        negatives. `p_interaction` (Cochran's Q over the levels that have an estimate) is that of the variable, the same
        in all its levels; `p_holm` adjusts it for the number of variables in the split. First comes the whole split as
        the variable and level "all".
    """
    rows: list[Row] = []
    for sample in samples.primary_samples:
        used = sample.analysed
        method = "DeLong" if used.has_independent_cases else OBUCHOWSKI
        for variable, column in variables_of(subgroups, used):
            table, test = _aucs(used, column, level, fewest)
            shared: Row = {"split": sample.split, "variable": variable, "method": method}
            shared |= interaction_columns(test, variable, len(table))
            rows += [{**shared, **row} for row in table.to_dict("records")]
    return adjust_interactions(pd.DataFrame(rows, columns=COLUMNS.split()))


def variables_of(subgroups: pd.DataFrame, sample: Scored) -> list[tuple[str, pd.Series]]:
    """List the subgroups of some cases by variable; the first variable has them all in one level."""
    levels = subgroups.loc[sample.rows.index]
    whole = pd.Series(OVERALL, index=sample.rows.index)
    return [(OVERALL, whole), *((str(name), levels[name]) for name in levels)]


def sort_levels(table: pd.DataFrame, column: pd.Series) -> pd.DataFrame:
    """Sort the levels of a number that was cut by size; those of other variables remain as text sorts them."""
    if not isinstance(column.dtype, pd.CategoricalDtype):
        return table
    names = [*column.cat.categories, None]
    return table.sort_values("level", key=lambda levels: levels.map(names.index), ignore_index=True)


def interaction_columns(test: SignificanceTest, variable: str, levels: int) -> Row:
    """Return the P and degrees of freedom of an interaction; NaN for the whole split and for a single level."""
    if variable == OVERALL or levels < 2:
        return {"p_interaction": np.nan, "df": np.nan}
    return {"p_interaction": test.p, "df": test.df}


def adjust_interactions(table: pd.DataFrame) -> pd.DataFrame:
    """Adjust the P of the interactions for the number of variables in a split (Holm)."""
    tests = table.drop_duplicates(["split", "variable"])
    by_variable = tests.assign(p_holm=adjust_by_holm(tests, "p_interaction", "split"))
    adjusted = by_variable.set_index(["split", "variable"])["p_holm"]
    keys = pd.MultiIndex.from_frame(table[["split", "variable"]])
    return table.assign(p_holm=adjusted.reindex(keys).to_numpy())


def _aucs(sample: Scored, column: pd.Series, level: float, fewest: int) -> tuple[pd.DataFrame, SignificanceTest]:
    levels = column.to_numpy(dtype=object)
    table = sort_levels(auc_by_subgroup(sample.y, sample.value, levels, fewest, level), column)
    if not sample.has_independent_cases:
        table = pd.DataFrame([_with_clustered_interval(row, sample, column, level) for row in table.to_dict("records")])
    test = auc_heterogeneity(table)
    named = table.rename(columns={"events": "positives", "auc": "estimate"})
    return named.assign(level=named["level"].fillna(UNKNOWN)).drop(columns="se"), test


def _with_clustered_interval(row: Row, sample: Scored, column: pd.Series, level: float) -> Row:
    """Replace DeLong's interval by Obuchowski's, where there is one."""
    if row["reason"]:
        return row
    members = sample.where((column.isna() if row["level"] is None else column == row["level"]).to_numpy())
    area = clustered_auc(members.y, members.value, members.clusters, level).area
    return {**row, "lower": area.lower, "upper": area.upper, "se": area.se, "reason": area.reason}


def _cut(values: pd.Series, points: list[float]) -> pd.Series:
    """Name the interval of every number: below the first point, between two, from the last point on."""
    if not points:
        return pd.Series(np.nan, index=values.index, dtype=object)  # no value in training, so no median
    names = [f"< {points[0]:g}"]
    names += [f"{low:g} to < {high:g}" for low, high in pairwise(points)]
    names.append(f"\u2265 {points[-1]:g}")
    intervals = np.searchsorted(points, values.to_numpy(), side="right")
    named = pd.Series([names[interval] for interval in intervals], index=values.index).where(values.notna())
    return named.astype(pd.CategoricalDtype(names, ordered=True))


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
